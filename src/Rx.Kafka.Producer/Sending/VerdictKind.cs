namespace Rx.Kafka.Sending;

/// <summary>What an answer means for a batch.</summary>
internal enum VerdictKind
{
    /// <summary>It is on the log.</summary>
    Ack,

    /// <summary>Send it again, after the back-off, under its own numbers.</summary>
    Retry,

    /// <summary>OUT_OF_ORDER_SEQUENCE_NUMBER: what it means depends on the batches around it.</summary>
    OutOfOrder,

    /// <summary>UNKNOWN_PRODUCER_ID: nothing of this producer is there; it gets new numbers.</summary>
    Forgotten,

    /// <summary>INVALID_PRODUCER_EPOCH: the lane needs another producer id.</summary>
    StaleEpoch,

    /// <summary>MESSAGE_TOO_LARGE: its halves are sent, where it is known absent and has more than one record; else it fails for good.</summary>
    Split,

    /// <summary>It fails for good.</summary>
    Fail,
}
