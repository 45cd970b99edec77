namespace Rx.Kafka.Testing;

/// <summary>One batch of a broker's log.</summary>
/// <param name="BaseOffset">The offset of its first record.</param>
/// <param name="RecordCount">How many records it holds.</param>
/// <param name="Bytes">Its size as sent, header included.</param>
/// <param name="Codec">0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.</param>
/// <param name="ProducerId">The producer's id; -1 = not idempotent.</param>
/// <param name="ProducerEpoch">The producer's epoch; -1 = not idempotent.</param>
/// <param name="BaseSequence">The first record's sequence number; -1 = not idempotent.</param>
/// <param name="Broker">The broker that appended it.</param>
/// <param name="LeaderEpoch">That broker's leader epoch.</param>
/// <param name="AppendedAt">When it was appended, by the brokers' clock.</param>
public sealed record LogBatch(
    long BaseOffset,
    int RecordCount,
    int Bytes,
    int Codec,
    long ProducerId,
    short ProducerEpoch,
    int BaseSequence,
    int Broker,
    int LeaderEpoch,
    DateTimeOffset AppendedAt);
