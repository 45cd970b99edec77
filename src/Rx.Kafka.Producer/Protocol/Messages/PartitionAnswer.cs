namespace Rx.Kafka.Protocol.Messages;

/// <summary>What became of the batch of one partition.</summary>
internal readonly struct PartitionAnswer
{
    private readonly RecordError[]? _recordErrors;

    public PartitionAnswer()
    {
    }

    public int Index { get; init; }

    /// <summary>0 = appended.</summary>
    public short ErrorCode { get; init; }

    /// <summary>The first record's offset; -1 = the broker cannot say.</summary>
    public long BaseOffset { get; init; } = -1;

    /// <summary>Milliseconds since 1970 when the topic stamps records itself; else -1.</summary>
    public long LogAppendTimeMs { get; init; } = -1;

    /// <summary>-1 before v5.</summary>
    public long LogStartOffset { get; init; } = -1;

    /// <summary>Empty before v8.</summary>
    public RecordError[] RecordErrors
    {
        get => _recordErrors ?? [];
        init => _recordErrors = value;
    }

    /// <summary>The broker's words; null before v8.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The new leader, where the broker tells it (from v10); -1 = unknown.</summary>
    public int LeaderId { get; init; } = -1;

    /// <summary>The new leader's epoch; -1 = unknown.</summary>
    public int LeaderEpoch { get; init; } = -1;
}
