namespace Rx.Kafka.Batching;

/// <summary>When is a batch closed, and why? Pure: the one place that says so.</summary>
internal static class BatchPolicy
{
    /// <summary>Whether a batch takes one more record. The first record always fits: a larger one travels alone.</summary>
    public static CloseReason BeforeAppend(int batchBytes, int batchCount, int recordBytes, long timeDelta, int batchSize)
    {
        // A record may be nearly as large as an int can tell.
        if (batchCount > 0 && (long)batchBytes + recordBytes > batchSize)
        {
            return CloseReason.Full;
        }

        return timeDelta is < int.MinValue or > int.MaxValue ? CloseReason.TimeSpan : CloseReason.None;
    }

    /// <summary>Whether nothing more can fit: true at once for a record larger than the batch size.</summary>
    public static CloseReason AfterAppend(int batchBytes, int batchSize) => batchBytes >= batchSize ? CloseReason.Full : CloseReason.None;

    /// <summary>When an open batch is to be closed: when its first record is as old as linger, or at once if that is urgent.</summary>
    /// <param name="openedAt">When its first record came; long.MaxValue = no batch is open, and never is the answer.</param>
    /// <param name="linger">How long a batch waits for more.</param>
    /// <param name="isUrgent">A flush covers it, memory is scarce, or the producer gives up.</param>
    public static long WhenDue(long openedAt, long linger, bool isUrgent) =>
        isUrgent || openedAt == long.MaxValue ? openedAt : openedAt + linger;

    /// <summary>The same, asked the other way round: batches opened up to this time are due now.</summary>
    public static long DueUpTo(long now, long linger, bool isUrgent) => isUrgent ? now : now - linger;
}

/// <summary>Why a batch takes no more records.</summary>
internal enum CloseReason
{
    /// <summary>It stays open.</summary>
    None,

    /// <summary>The next record does not fit.</summary>
    Full,

    /// <summary>The next record's time is too far from the first one's for a 4-byte delta.</summary>
    TimeSpan,
}
