namespace Rx.Kafka.Tool.Bench;

/// <summary>What a client did in a round.</summary>
/// <param name="Client">Which.</param>
/// <param name="Number">The round, from 1.</param>
internal sealed record RoundResult(ClientKind Client, int Number)
{
    /// <summary>What was measured.</summary>
    public Meters Used { get; init; }

    /// <summary>From sending to acknowledgement.</summary>
    public required Showing.Latencies Latencies { get; init; }

    /// <summary>Records of the whole round, warm-up included.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Of the whole round.</summary>
    public required long Failed { get; init; }

    /// <summary>What went wrong first; null = nothing.</summary>
    public string? Error { get; init; }

    /// <summary>Whether Ctrl+C ended it before its time.</summary>
    public required bool IsCutShort { get; init; }

    /// <summary>Whether there is something to divide by.</summary>
    public bool HasFigures => Used is { Records: > 0, Time.Ticks: > 0 };
}
