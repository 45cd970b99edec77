namespace Rx.Kafka.Protocol.Messages;

/// <summary>
/// Sends batches. Written piece by piece, so that a batch's bytes go straight from their chunks to the output:
/// head, then for each topic (topic, then for each partition (partition, bytes by <see cref="KafkaWriter.Raw"/>, end), end), end.
/// </summary>
internal static class ProduceRequest
{
    /// <summary>Begins the body.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="version">3-12.</param>
    /// <param name="transactionalId">Null = no transaction.</param>
    /// <param name="acks">-1 all, 0 none, 1 the leader.</param>
    /// <param name="timeoutMs">How long the broker may wait for replicas.</param>
    /// <param name="topicCount">How many topics follow.</param>
    public static void WriteHead(ref KafkaWriter w, short version, string? transactionalId, short acks, int timeoutMs, int topicCount)
    {
        var flexible = IsFlexible(version);
        w.String(transactionalId, flexible);
        w.Int16(acks);
        w.Int32(timeoutMs);
        w.ArrayLength(topicCount, flexible); // TopicData
    }

    public static void WriteTopic(ref KafkaWriter w, short version, string name, int partitionCount)
    {
        w.String(name, IsFlexible(version)); // Name
        w.ArrayLength(partitionCount, IsFlexible(version)); // PartitionData
    }

    /// <summary>The caller then writes exactly <paramref name="recordsLength"/> bytes: one batch.</summary>
    public static void WritePartition(ref KafkaWriter w, short version, int index, int recordsLength)
    {
        w.Int32(index);
        w.RecordsLength(recordsLength, IsFlexible(version)); // Records
    }

    public static void EndPartition(ref KafkaWriter w, short version) => w.NoTags(IsFlexible(version));

    public static void EndTopic(ref KafkaWriter w, short version) => w.NoTags(IsFlexible(version));

    public static void End(ref KafkaWriter w, short version) => w.NoTags(IsFlexible(version));

    private static bool IsFlexible(short version) => ApiVersion.IsFlexible(ApiKey.Produce, version);
}
