namespace Rx.Kafka.Testing.Wire;

/// <summary>One topic of a Fetch request.</summary>
internal sealed record FetchTopic(string Name, IReadOnlyList<FetchPartition> Partitions);
