namespace Rx.Kafka.Testing.Wire;

/// <summary>One topic of a Produce request; from version 13 on it is named by its id, and its name is empty if no topic has that id.</summary>
internal sealed record ProduceTopic(string Name, Guid Id, IReadOnlyList<ProducePartition> Partitions);
