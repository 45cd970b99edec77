namespace Rx.Kafka.Batching;

/// <summary>When is a batch closed, and why? Pure: the one place that says so.</summary>
internal static class BatchPolicy
{
    /// <summary>After so many batches in a row that lingered in vain the next one does not linger.</summary>
    private const int EnoughInVain = 3;

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

    /// <summary>
    /// Whether a new batch goes with its first record: its caller awaits the outcome and probably sends nothing before it comes, for the
    /// last batches lingered for nobody.
    /// </summary>
    /// <param name="inVain">How many batches of its loop lingered in vain, one after the other.</param>
    /// <param name="isAwaited">Whether the record is awaited by its caller.</param>
    /// <param name="hasCompany">Whether another batch of its loop has no outcome yet.</param>
    public static bool IsLone(int inVain, bool isAwaited, bool hasCompany) => isAwaited && !hasCompany && inVain >= EnoughInVain;

    /// <summary>
    /// How many batches of a loop have lingered in vain now that one more is opened (without a record yet) or closed. Company ends the row
    /// at once: where callers overlap, linger gathers.
    /// </summary>
    /// <param name="inVain">How many until now.</param>
    /// <param name="count">The batch's records.</param>
    /// <param name="isAwaited">Whether its first record is awaited by its caller.</param>
    /// <param name="hasLingered">Whether it is closed because it is as old as linger.</param>
    /// <param name="hasCompany">Whether another batch of the loop has no outcome yet.</param>
    public static int InVain(int inVain, int count, bool isAwaited, bool hasLingered, bool hasCompany)
    {
        if (count > 1 || hasCompany)
        {
            return 0;
        }

        return isAwaited && hasLingered ? Math.Min(inVain + 1, EnoughInVain) : inVain;
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
}
