namespace Rx.Kafka.Testing.Wire;

/// <summary>One topic of a Produce request.</summary>
internal sealed record ProduceTopic(string Name, IReadOnlyList<ProducePartition> Partitions);
