namespace Rx.Kafka.Batching;

/// <summary>Why is this batch closed? Pure.</summary>
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

    /// <summary>Whether an open batch is due.</summary>
    public static CloseReason WhenDue(long openedAt, long now, long lingerTicks, bool flushing, bool pressure)
    {
        if (flushing)
        {
            return CloseReason.Flush;
        }

        if (pressure)
        {
            return CloseReason.Pressure;
        }

        return now - openedAt >= lingerTicks ? CloseReason.Linger : CloseReason.None;
    }
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

    /// <summary>Its first record is as old as the linger.</summary>
    Linger,

    /// <summary>A flush, a sink's end or a dispose waits for it.</summary>
    Flush,

    /// <summary>Memory is short.</summary>
    Pressure,
}
