using System.Globalization;

namespace Rx.Kafka.Tool.Top;

/// <summary>Reads what the runtime's event source writes as text.</summary>
internal static class ReadingText
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Attributes: <c>a=b,c=d</c>.</summary>
    public static IReadOnlyDictionary<string, string> Tags(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return None;
        }

        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.Split(','))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                tags[pair[..equals]] = pair[(equals + 1)..];
            }
        }

        return tags;
    }

    /// <summary>Quantiles: <c>0.5=1.2;0.95=3.4</c>.</summary>
    public static IReadOnlyDictionary<double, double> Quantiles(string? text)
    {
        var quantiles = new Dictionary<double, double>();
        foreach (var pair in (text ?? string.Empty).Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                quantiles[Number(pair[..equals])] = Number(pair[(equals + 1)..]);
            }
        }

        return quantiles;
    }

    /// <summary>A number; 0 for what is none.</summary>
    public static double Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
