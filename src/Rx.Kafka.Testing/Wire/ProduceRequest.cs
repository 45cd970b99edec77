namespace Rx.Kafka.Testing.Wire;

/// <summary>A decoded Produce request; records lie in the frame's memory.</summary>
internal sealed record ProduceRequest(string? TransactionalId, short Acks, int TimeoutMs, IReadOnlyList<ProduceTopic> Topics)
{
    private const short FirstWithTopicIds = 13;

    public static ProduceRequest Read(ReadOnlyMemory<byte> frame, ref WireReader reader, short version, Func<Guid, string?> nameOf)
    {
        var flexible = Apis.IsFlexible(ApiKey.Produce, version);
        var transactionalId = reader.NullableString(flexible);
        var acks = reader.Int16();
        var timeout = reader.Int32();
        var topics = new ProduceTopic[Math.Max(0, reader.Count(flexible))];
        for (var t = 0; t < topics.Length; t++)
        {
            var id = version >= FirstWithTopicIds ? reader.Uuid() : Guid.Empty;
            var name = version >= FirstWithTopicIds ? nameOf(id) ?? "" : reader.String(flexible);
            var partitions = new ProducePartition[Math.Max(0, reader.Count(flexible))];
            for (var p = 0; p < partitions.Length; p++)
            {
                var index = reader.Int32();
                var records = reader.Bytes(flexible);
                reader.Tags(flexible);
                partitions[p] = new(index, records is { } range ? frame[range] : default);
            }

            reader.Tags(flexible);
            topics[t] = new(name, id, partitions);
        }

        reader.Tags(flexible);
        reader.End();
        RefuseRepeated(topics);
        return new(transactionalId, acks, timeout, topics);
    }

    /// <summary>Kafka takes the last of several entries and answers one: a producer that sends two has lost count of what is in flight.</summary>
    private static void RefuseRepeated(ProduceTopic[] topics)
    {
        var seen = new HashSet<(string, Guid, int)>();
        foreach (var topic in topics)
        {
            foreach (var partition in topic.Partitions)
            {
                if (!seen.Add((topic.Name, topic.Id, partition.Index)))
                {
                    throw new WireException($"A Produce request names partition {topic.Name}-{partition.Index} twice.");
                }
            }
        }
    }
}
