namespace Rx.Kafka.Testing;

/// <summary>A batch as it came in a Produce request; fields the batch is too short for are -1.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Partition">The partition, from 0.</param>
/// <param name="Bytes">The size, header included.</param>
/// <param name="RecordCount">How many records it says it holds.</param>
/// <param name="ProducerId">The producer's id; -1 = not idempotent.</param>
/// <param name="ProducerEpoch">The producer's epoch; -1 = not idempotent.</param>
/// <param name="BaseSequence">The first record's sequence number; -1 = not idempotent.</param>
public sealed record ReceivedBatch(string Topic, int Partition, int Bytes, int RecordCount, long ProducerId, short ProducerEpoch, int BaseSequence);
