namespace Rx.Kafka.Sending;

/// <summary>What a lane gives when its turn comes.</summary>
internal enum LaneTake
{
    /// <summary>A batch.</summary>
    Batch,

    /// <summary>A batch that does not fit into what is left of the request.</summary>
    TooLarge,

    /// <summary>Nothing is ready.</summary>
    Nothing,

    /// <summary>It has something, but must wait: for answers, a back-off, a producer id, or its move.</summary>
    Blocked,
}
