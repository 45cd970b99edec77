namespace Rx.Kafka.Properties.Scenarios;

/// <summary>What kind of scenarios a law is about.</summary>
internal sealed record ScenarioProfile
{
    public bool Faults { get; init; }

    /// <summary>Errors that end a batch for good.</summary>
    public bool FinalErrors { get; init; }

    public bool SmallMemory { get; init; }

    public bool ShortTimeouts { get; init; }

    public bool Cancels { get; init; }

    public bool Purges { get; init; }

    /// <summary>Ends otherwise than by a flush.</summary>
    public bool Endings { get; init; }

    /// <summary>Many small batches of few partitions, so that several are in flight when something happens.</summary>
    public bool ManyBatches { get; init; }

    /// <summary>Null = mostly.</summary>
    public bool? Idempotent { get; init; }
}
