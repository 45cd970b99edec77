namespace Rx.Kafka.Properties.Scenarios;

/// <summary>What a caller does in one step.</summary>
internal enum StepKind
{
    /// <summary>SendAsync; the caller goes on at once.</summary>
    Send,

    /// <summary>SendAsync with a token that is cancelled after some time.</summary>
    SendCancelled,

    /// <summary>EnqueueAsync; the caller waits for the acceptance.</summary>
    Enqueue,

    /// <summary>EnqueueAsync with a token that is cancelled after some time; the caller waits for the acceptance.</summary>
    EnqueueCancelled,

    /// <summary>SendAllAsync of a span; steps of this kind in a row are one call. The caller goes on at once.</summary>
    SendAll,

    /// <summary>SendAllAsync of a sequence that is pulled; steps of this kind in a row are one call. The caller waits for it.</summary>
    SendSequence,

    /// <summary>OnNext.</summary>
    OnNext,

    /// <summary>OnNext of a sink of the caller's own.</summary>
    SinkNext,

    /// <summary>OnNext of a sink of the caller's own that halts on failure.</summary>
    HaltingNext,

    /// <summary>WriteAsync to the writer of the caller's sink; the caller waits for it.</summary>
    Write,

    /// <summary>An element of a source that DeliverTo sends.</summary>
    Deliver,

    /// <summary>Waits a while.</summary>
    Pause,

    /// <summary>FlushAsync; the caller waits for it.</summary>
    Flush,

    /// <summary>PurgeAsync; the caller waits for it.</summary>
    Purge,

    /// <summary>Another observer subscribes to Deliveries, and unsubscribes after some time; the caller goes on at once.</summary>
    Watch,

    /// <summary>Another observer subscribes to Deliveries, and throws at its first call.</summary>
    WatchAndThrow,

    /// <summary>DisposeAsync, while others go on; the caller waits for it.</summary>
    Dispose,
}
