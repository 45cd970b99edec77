namespace Rx.Kafka.Tool.Bench;

/// <summary>What a run has shown.</summary>
internal sealed record BenchReport
{
    /// <summary>What was asked for.</summary>
    public required BenchPlan Plan { get; init; }

    /// <summary>Where records went.</summary>
    public required BenchPlace Place { get; init; }

    /// <summary>In the order of the rounds.</summary>
    public required IReadOnlyList<RoundResult> Results { get; init; }

    /// <summary>Whether Ctrl+C ended it, with rounds missing or short.</summary>
    public required bool IsInterrupted { get; init; }

    /// <summary>Whether there is a figure.</summary>
    public bool HasFigures => Results.Any(static result => result.HasFigures);

    /// <summary>Whether something went wrong.</summary>
    public bool HasErrors => Results.Any(static result => result.Error is not null);

    /// <summary>A client's rounds that have figures.</summary>
    public IReadOnlyList<RoundResult> Rounds(ClientKind client) =>
        [.. Results.Where(result => result.Client == client && result.HasFigures)];
}
