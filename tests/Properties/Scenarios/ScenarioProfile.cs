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

    /// <summary>More observers come and go.</summary>
    public bool Watches { get; init; }

    /// <summary>The producer may be disposed while callers go on.</summary>
    public bool Disposes { get; init; }

    /// <summary>Long silences: connections are closed for idleness, proofs lapse, brokers forget the producer.</summary>
    public bool LongPauses { get; init; }

    /// <summary>Topics made anew, another cluster behind the same names.</summary>
    public bool Upheavals { get; init; }

    /// <summary>Ends otherwise than by a flush.</summary>
    public bool Endings { get; init; }

    /// <summary>Many small batches of few partitions, so that several are in flight when something happens.</summary>
    public bool ManyBatches { get; init; }

    /// <summary>The topic takes only small batches for a while, again and again.</summary>
    public bool SizeLimits { get; init; }

    /// <summary>Records come by sinks of their own and by operators too.</summary>
    public bool Sinks { get; init; }

    /// <summary>Somebody listens to spans. Listeners hear the whole process, so such a law runs alone.</summary>
    public bool Traced { get; init; }

    /// <summary>Null = mostly.</summary>
    public bool? Idempotent { get; init; }
}
