using System.Text;

namespace Rx.Kafka.Protocol.Messages;

/// <summary>Asks for brokers, topics and partition leaders.</summary>
internal static class MetadataRequest
{
    /// <summary>Writes the body.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="version">1-13.</param>
    /// <param name="topics">Null = all topics, empty = none (brokers only).</param>
    /// <param name="allowAutoTopicCreation">Whether asking may create a topic; before v4 the broker alone decides.</param>
    public static void Write(ref KafkaWriter w, short version, IReadOnlyList<string>? topics, bool allowAutoTopicCreation)
    {
        var flexible = ApiVersion.IsFlexible(ApiKey.Metadata, version);
        w.ArrayLength(topics?.Count ?? -1, flexible); // Topics
        for (var i = 0; i < (topics?.Count ?? 0); i++)
        {
            if (version >= 10)
            {
                w.Uuid(Guid.Empty); // TopicId: we ask by name
            }

            w.String(topics![i], flexible); // Name
            w.NoTags(flexible);
        }

        if (version >= 4)
        {
            w.Bool(allowAutoTopicCreation);
        }

        if (version is >= 8 and <= 10)
        {
            w.Bool(false); // IncludeClusterAuthorizedOperations
        }

        if (version >= 8)
        {
            w.Bool(false); // IncludeTopicAuthorizedOperations
        }

        w.NoTags(flexible);
    }
}

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

    public BrokerNode[] Brokers { get; private set; } = [];

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
            ClusterId = version >= 2 ? r.String(flexible, PeerText.LongestName) : null,
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

    private static BrokerNode[] ReadBrokers(ref KafkaReader r, bool flexible)
    {
        var count = r.ArrayLength(flexible, MinimumBrokerBytes);
        if (count <= 0)
        {
            return [];
        }

        var brokers = new BrokerNode[count];
        foreach (ref var broker in brokers.AsSpan())
        {
            broker = BrokerNode.Read(ref r, flexible);
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
                Name: ReadTopicName(ref r, flexible, mayBeNull: version >= 12),
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

    /// <summary>As it is: it is compared with the names that we asked for, and goes no further if it is none of them.</summary>
    private static string ReadTopicName(ref KafkaReader r, bool flexible, bool mayBeNull)
    {
        var utf8 = r.StringBytes(flexible, out var isNull);
        return isNull && !mayBeNull
            ? throw r.Malformed("a topic's name is null that must not be")
            : Encoding.UTF8.GetString(utf8);
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

/// <summary>A broker and where it listens. In an answer, host and port are whatever the peer sent, in one line.</summary>
internal sealed record BrokerNode(int Id, string Host, int Port, string? Rack)
{
    private const int LargestPort = 65535;

    /// <summary>Whether one can try to connect to it: others are no brokers for us.</summary>
    public bool IsUsable =>
        Host.Length is > 0 and <= PeerText.LongestName && !Host.Any(char.IsWhiteSpace) && Port is > 0 and <= LargestPort;

    /// <summary>Reads what metadata and hints say of a broker.</summary>
    /// <exception cref="MalformedDataException">The bytes are no broker.</exception>
    public static BrokerNode Read(ref KafkaReader r, bool flexible)
    {
        // NodeId, Host, Port, Rack
        var broker = new BrokerNode(r.Int32(), r.RequiredString(flexible), r.Int32(), r.String(flexible, PeerText.LongestName));
        r.SkipTags(flexible);
        return broker;
    }
}

/// <summary>A topic and its partitions, in the order the broker sent them.</summary>
/// <param name="ErrorCode">0 = none.</param>
/// <param name="Name">Empty where the broker sent none, which it does only when asked by id.</param>
/// <param name="TopicId">Zero = unknown (before v10).</param>
/// <param name="IsInternal">Whether it is one of Kafka's own topics.</param>
/// <param name="Partitions">The partitions.</param>
internal sealed record MetadataTopic(short ErrorCode, string Name, Guid TopicId, bool IsInternal, MetadataPartition[] Partitions);

/// <summary>A partition's leader and replicas.</summary>
/// <param name="ErrorCode">0 = none; with an error there may still be a leader.</param>
/// <param name="Index">The partition's number.</param>
/// <param name="LeaderId">-1 = no leader now.</param>
/// <param name="LeaderEpoch">-1 = unknown (before v7).</param>
/// <param name="Replicas">All replicas' brokers.</param>
/// <param name="InSync">Those in sync.</param>
/// <param name="Offline">Those offline; empty before v5.</param>
internal readonly record struct MetadataPartition(
    short ErrorCode, int Index, int LeaderId, int LeaderEpoch, int[] Replicas, int[] InSync, int[] Offline);
