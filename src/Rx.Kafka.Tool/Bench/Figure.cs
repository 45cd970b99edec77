using Rx.Kafka.Tool.Showing;

namespace Rx.Kafka.Tool.Bench;

/// <summary>A figure that clients are compared by.</summary>
/// <param name="Name">In JSON, with its unit.</param>
/// <param name="Title">As people read it.</param>
/// <param name="Of">Takes it from a round that has figures, with a size of values.</param>
/// <param name="Show">Writes it.</param>
internal sealed record Figure(string Name, string Title, Func<RoundResult, int, double> Of, Func<double, string> Show)
{
    public static Figure Throughput { get; } = new(
        "recordsPerSecond", "records a second", static (round, _) => round.Used.Records / round.Used.Time.TotalSeconds, Amounts.Count);

    public static Figure Cpu { get; } = new(
        "cpuSecondsPerMillionRecords",
        "CPU for a million",
        static (round, _) => round.Used.Cpu.TotalSeconds / round.Used.Records * 1e6,
        static value => Amounts.Time(TimeSpan.FromSeconds(value)));

    /// <summary>All, in the order in which they are shown.</summary>
    public static IReadOnlyList<Figure> All { get; } =
    [
        Throughput,
        new(
            "bytesPerSecond",
            "bytes a second",
            static (round, size) => round.Used.Records / round.Used.Time.TotalSeconds * size,
            static value => Amounts.Bytes(value)),
        Cpu,
        new(
            "allocatedBytesPerRecord",
            "allocated a record",
            static (round, _) => (double)round.Used.Allocated / round.Used.Records,
            static value => $"{value.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture)} B"),
        new("collections", "collections", static (round, _) => round.Used.Collections, Amounts.Count),
        new("fullCollections", "of all generations", static (round, _) => round.Used.FullCollections, Amounts.Count),
        Latency(50),
        Latency(95),
        Latency(99),
    ];

    /// <summary>The middle one, or the mean of the two in the middle; of at least one.</summary>
    public double Median(IEnumerable<RoundResult> rounds, int size)
    {
        var sorted = rounds.Select(round => Of(round, size)).Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static Figure Latency(int percentile) => new(
        $"p{percentile}Milliseconds",
        $"latency p{percentile}",
        (round, _) => round.Latencies.At(percentile).TotalMilliseconds,
        static value => Amounts.Time(TimeSpan.FromMilliseconds(value)));
}
