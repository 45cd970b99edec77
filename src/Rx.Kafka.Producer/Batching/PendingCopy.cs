namespace Rx.Kafka.Batching;

/// <summary>A large record with its room in a batch, to be encoded outside the gate.</summary>
internal readonly record struct PendingCopy(ProducerBatch? Batch, ArraySegment<byte> Room, int BodySize, int TimeDelta, int Index);
