namespace Rx.Kafka.Testing.Groups;

/// <summary>Where a group goes on reading a partition, and what the consumer noted beside it.</summary>
internal sealed record CommittedOffset(long Offset, int LeaderEpoch, string? Metadata);
