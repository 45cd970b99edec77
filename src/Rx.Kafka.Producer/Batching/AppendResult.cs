namespace Rx.Kafka.Batching;

/// <summary>What became of a record offered to a channel.</summary>
internal enum AppendResult
{
    /// <summary>It is in a batch.</summary>
    Placed,

    /// <summary>It needs a new batch, and the caller said it may not open one.</summary>
    WouldOpen,

    /// <summary>There is no memory for it now, or others stand in line: join the line.</summary>
    MustWait,

    /// <summary>The channel was closed by dispose.</summary>
    Closed,

    /// <summary>Its face ended before it was placed.</summary>
    FaceEnded,
}
