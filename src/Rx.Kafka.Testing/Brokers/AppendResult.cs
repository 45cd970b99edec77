namespace Rx.Kafka.Testing.Brokers;

/// <summary>What a Produce request is told about one partition.</summary>
internal readonly record struct AppendResult(short Error, long BaseOffset = -1, long LogAppendTimeMs = -1, long LogStartOffset = -1, string? Message = null)
{
    public IReadOnlyList<int> RejectedRecords { get; init; } = [];

    public int LeaderId { get; init; } = -1;

    public int LeaderEpoch { get; init; } = -1;
}
