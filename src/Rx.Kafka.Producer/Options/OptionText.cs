using System.Globalization;

namespace Rx.Kafka.Options;

/// <summary>Values as people write them, in files of either client, in JSON, YAML and shells.</summary>
internal static class OptionText
{
    // Longest first: ms ends in s.
    private static readonly (string Unit, decimal Milliseconds)[] Units = [("ms", 1), ("min", 60_000), ("s", 1_000), ("h", 3_600_000)];

    /// <summary>Takes blanks off, then one pair of quotes around all of it.</summary>
    public static string? Unquote(string? text)
    {
        text = text?.Trim();
        return text is ['"', .., '"'] or ['\'', .., '\''] ? text[1..^1] : text;
    }

    /// <summary>Writes a value so that <see cref="Unquote"/> gives it back.</summary>
    public static string Quote(string text) => string.Equals(Unquote(text), text, StringComparison.Ordinal) ? text : $"\"{text}\"";

    /// <summary>
    /// Milliseconds: a bare number counts them, as in both clients; <c>5s</c>, <c>2min</c> and a <see cref="TimeSpan"/>'s
    /// <c>00:00:05</c> mean what they say.
    /// </summary>
    public static bool TryMilliseconds(string text, out decimal milliseconds)
    {
        if (text.Contains(':', StringComparison.Ordinal))
        {
            var isTime = TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time);
            milliseconds = (decimal)time.Ticks / TimeSpan.TicksPerMillisecond;
            return isTime;
        }

        var (unit, factor) = Units.FirstOrDefault(
            pair => text.EndsWith(pair.Unit, StringComparison.OrdinalIgnoreCase), (string.Empty, 1));
        var isNumber = decimal.TryParse(
            text[..^unit.Length].TrimEnd(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out milliseconds);

        // Java reads 64 bits; this also keeps the product small.
        if (!isNumber || Math.Abs(milliseconds) > long.MaxValue)
        {
            return false;
        }

        milliseconds *= factor;
        return true;
    }

    /// <summary>True and false, and librdkafka's other words for them.</summary>
    public static bool? Flag(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "T" or "1" => true,
        "FALSE" or "F" or "0" => false,
        _ => null,
    };

    /// <summary>Whether two words are one, in any case and with or without underscores: <c>SaslSsl</c> is an enum's SASL_SSL.</summary>
    public static bool IsSameWord(string one, string other) =>
        string.Equals(WithoutUnderscores(one), WithoutUnderscores(other), StringComparison.OrdinalIgnoreCase);

    private static string WithoutUnderscores(string text) => text.Replace("_", string.Empty, StringComparison.Ordinal);
}
