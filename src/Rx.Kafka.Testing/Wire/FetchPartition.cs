namespace Rx.Kafka.Testing.Wire;

/// <summary>One partition of a Fetch request.</summary>
internal readonly record struct FetchPartition(int Index, long Offset, int MaxBytes);
