namespace Rx.Kafka.Protocol.Messages;

/// <summary>Brokers, topics and partition leaders, as one broker sees them.</summary>
internal sealed class MetadataResponse
{
    // The smallest elements over all versions, so that a count is never believed beyond the bytes present.
    private const int MinimumBrokerBytes = 11;
    private const int MinimumTopicBytes = 9;
    private const int MinimumPartitionBytes = 18;

    private MetadataResponse()
    {
    }

    public int ThrottleTimeMs { get; private set; }

    public MetadataBroker[] Brokers { get; private set; } = [];

    /// <summary>Null = unknown (before v2).</summary>
    public string? ClusterId { get; private set; }

    public int ControllerId { get; private set; }

    public MetadataTopic[] Topics { get; private set; } = [];

    /// <summary>0 before v13.</summary>
    public short ErrorCode { get; private set; }

    /// <summary>Reads the answer to a request of a version.</summary>
    /// <exception cref="MalformedDataException">The bytes are no such answer.</exception>
    public static MetadataResponse Read(ref KafkaReader r, short version)
    {
        var flexible = ApiVersion.IsFlexible(ApiKey.Metadata, version);
        var response = new MetadataResponse
        {
            ThrottleTimeMs = version >= 3 ? r.Int32() : 0,
            Brokers = ReadBrokers(ref r, flexible),
            ClusterId = version >= 2 ? r.String(flexible) : null,
            ControllerId = r.Int32(),
            Topics = ReadTopics(ref r, version, flexible),
        };
        if (version is >= 8 and <= 10)
        {
            r.Int32(); // ClusterAuthorizedOperations
        }

        response.ErrorCode = version >= 13 ? r.Int16() : (short)0;
        r.SkipTags(flexible);
        return response;
    }

    private static MetadataBroker[] ReadBrokers(ref KafkaReader r, bool flexible)
    {
        var count = r.ArrayLength(flexible, MinimumBrokerBytes);
        if (count <= 0)
        {
            return [];
        }

        var brokers = new MetadataBroker[count];
        foreach (ref var broker in brokers.AsSpan())
        {
            broker = new(r.Int32(), r.RequiredString(flexible), r.Int32(), r.String(flexible)); // NodeId, Host, Port, Rack
            r.SkipTags(flexible);
        }

        return brokers;
    }

    private static MetadataTopic[] ReadTopics(ref KafkaReader r, short version, bool flexible)
    {
        var count = r.ArrayLength(flexible, MinimumTopicBytes);
        if (count <= 0)
        {
            return [];
        }

        var topics = new MetadataTopic[count];
        foreach (ref var topic in topics.AsSpan())
        {
            topic = new(
                ErrorCode: r.Int16(),
                Name: version >= 12 ? r.String(flexible) ?? "" : r.RequiredString(flexible),
                TopicId: version >= 10 ? r.Uuid() : Guid.Empty,
                IsInternal: r.Bool(),
                Partitions: ReadPartitions(ref r, version, flexible));
            if (version >= 8)
            {
                r.Int32(); // TopicAuthorizedOperations
            }

            r.SkipTags(flexible);
        }

        return topics;
    }

    private static MetadataPartition[] ReadPartitions(ref KafkaReader r, short version, bool flexible)
    {
        var count = r.ArrayLength(flexible, MinimumPartitionBytes);
        if (count <= 0)
        {
            return [];
        }

        var partitions = new MetadataPartition[count];
        foreach (ref var partition in partitions.AsSpan())
        {
            partition = new(
                ErrorCode: r.Int16(),
                Index: r.Int32(),
                LeaderId: r.Int32(),
                LeaderEpoch: version >= 7 ? r.Int32() : -1,
                Replicas: r.Int32Array(flexible),
                InSync: r.Int32Array(flexible),
                Offline: version >= 5 ? r.Int32Array(flexible) : []);
            r.SkipTags(flexible);
        }

        return partitions;
    }
}
