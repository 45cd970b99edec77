namespace Rx.Kafka.Testing.Wire;

/// <summary>One partition of a Produce request; null records are empty memory.</summary>
internal readonly record struct ProducePartition(int Index, ReadOnlyMemory<byte> Records);
