namespace Rx.Kafka.Properties.Scenarios;

/// <summary>How a scenario ends, when its callers are through.</summary>
internal enum Ending
{
    /// <summary>FlushAsync, then DisposeAsync.</summary>
    FlushAndDispose,

    /// <summary>OnCompleted, Completion, then DisposeAsync.</summary>
    CompleteAndDispose,

    /// <summary>DisposeAsync at once.</summary>
    Dispose,

    /// <summary>A blocking Dispose at once.</summary>
    BlockingDispose,
}
