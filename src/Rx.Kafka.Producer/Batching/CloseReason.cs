namespace Rx.Kafka.Batching;

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

    /// <summary>A flush, a face's end or a dispose waits for it.</summary>
    Flush,

    /// <summary>Memory is short.</summary>
    Pressure,
}
