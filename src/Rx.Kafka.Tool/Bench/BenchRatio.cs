using System.Globalization;

namespace Rx.Kafka.Tool.Bench;

/// <summary>A figure of ours by Confluent's.</summary>
/// <param name="Middle">Of the middles of the rounds that both have.</param>
/// <param name="Least">Of one of these rounds.</param>
/// <param name="Most">Of one of these rounds.</param>
internal sealed record BenchRatio(double Middle, double Least, double Most)
{
    /// <summary>Null = there is no round in which both clients have figures.</summary>
    public static BenchRatio? Of(BenchReport report, Figure figure)
    {
        var size = report.Plan.Size;
        var pairs = Pairs(report);
        if (pairs.Count == 0)
        {
            return null;
        }

        var each = pairs.Select(pair => figure.Of(pair.Ours, size) / figure.Of(pair.Confluent, size)).ToList();
        var middle = figure.Median(pairs.Select(static pair => pair.Ours), size)
            / figure.Median(pairs.Select(static pair => pair.Confluent), size);
        return new(middle, each.Min(), each.Max());
    }

    /// <summary>The rounds that it is of.</summary>
    public static IReadOnlyList<(RoundResult Ours, RoundResult Confluent)> Pairs(BenchReport report) =>
        [.. report.Rounds(ClientKind.Ours).Join(
            report.Rounds(ClientKind.Confluent),
            static ours => ours.Number,
            static confluent => confluent.Number,
            static (ours, confluent) => (ours, confluent))];

    /// <summary>With the range, if there are several rounds.</summary>
    public string Show(bool hasRange) =>
        string.Create(CultureInfo.InvariantCulture, $"{Middle:0.00} ×{(hasRange ? Range : string.Empty)}");

    private string Range => string.Create(CultureInfo.InvariantCulture, $" ({Least:0.00} to {Most:0.00})");
}
