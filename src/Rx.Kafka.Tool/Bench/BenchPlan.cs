namespace Rx.Kafka.Tool.Bench;

/// <summary>What the command line asks <c>bench</c> to do.</summary>
internal sealed record BenchPlan
{
    /// <summary>Where records go.</summary>
    public required string Topic { get; init; }

    /// <summary>Bytes of a record's value.</summary>
    public required int Size { get; init; }

    /// <summary>How long a round measures.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How long a round runs before it measures.</summary>
    public required TimeSpan Warmup { get; init; }

    /// <summary>Rounds of each client.</summary>
    public required int Rounds { get; init; }

    /// <summary>Who takes part, in the order of a round.</summary>
    public required IReadOnlyList<ClientKind> Clients { get; init; }

    /// <summary>Takes the figures as JSON; null = nobody wants them.</summary>
    public FileInfo? Json { get; init; }
}
