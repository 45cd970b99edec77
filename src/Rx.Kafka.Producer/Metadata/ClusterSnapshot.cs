using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Metadata;

/// <summary>What is known of the cluster at one moment. Immutable, so any thread reads it without a lock.</summary>
internal sealed class ClusterSnapshot
{
    /// <summary>Before the first answer: version 0, nothing known.</summary>
    public static readonly ClusterSnapshot Empty = new(0, null, [], []);

    private readonly Dictionary<int, BrokerNode> _brokersById;
    private readonly Dictionary<string, TopicMetadata> _topicsByName;
    private BrokerAddress[]? _described;

    public ClusterSnapshot(long version, string? clusterId, BrokerNode[] brokers, TopicMetadata[] topics)
    {
        Version = version;
        ClusterId = clusterId;
        Brokers = brokers;
        Topics = topics;
        _brokersById = brokers.ToDictionary(static b => b.Id);
        _topicsByName = topics.ToDictionary(static t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>Grows with each snapshot.</summary>
    public long Version { get; }

    /// <summary>The timestamp at which the last answer about all topics was asked for; what came about since may be missing.</summary>
    public long AskedAt { get; init; } = long.MinValue;

    /// <summary>When the last answer came, whatever it was about; long.MinValue = none has.</summary>
    public long AnsweredAt { get; init; } = long.MinValue;

    /// <summary>Null = unknown (Metadata below v2).</summary>
    public string? ClusterId { get; }

    /// <summary>In the order the broker sent them.</summary>
    public IReadOnlyList<BrokerNode> Brokers { get; }

    /// <summary>In the order they were first watched.</summary>
    public IReadOnlyList<TopicMetadata> Topics { get; }

    public bool TryGetBroker(int id, [NotNullWhen(true)] out BrokerNode? broker) => _brokersById.TryGetValue(id, out broker);

    /// <summary>The brokers as users see them, by id; made once.</summary>
    public IReadOnlyList<BrokerAddress> Describe() => _described ??=
        [.. Brokers.OrderBy(static broker => broker.Id).Select(static b => new BrokerAddress(b.Id, b.Host, b.Port, b.Rack))];

    /// <summary>A topic, or null while its partitions are not known: <see cref="ClusterMetadata.TopicError"/> may say why.</summary>
    public TopicMetadata? Topic(string name) => _topicsByName.GetValueOrDefault(name);
}

/// <summary>
/// One topic in a snapshot; it has at least one partition. Immutable: the same object stays as long as nothing about the topic
/// changes.
/// </summary>
internal sealed class TopicMetadata
{
    public TopicMetadata(string name, Guid id, short errorCode, PartitionMetadata[] partitions, ReadOnlySpan<int> inRack = default)
    {
        Name = name;
        Id = id;
        ErrorCode = errorCode;
        Partitions = partitions;
        Public = new TopicPartitions(name, partitions.Length, Available(partitions), inRack);
    }

    public string Name { get; }

    /// <summary>Empty = unknown (Metadata below v10).</summary>
    public Guid Id { get; }

    /// <summary>The last answer's error, 0 = none; the partitions are then those of the answer before.</summary>
    public short ErrorCode { get; }

    /// <summary>By number; not to be changed.</summary>
    public PartitionMetadata[] Partitions { get; }

    /// <summary>What partitioners see.</summary>
    public TopicPartitions Public { get; }

    /// <summary>Whether nothing but the object differs.</summary>
    public bool SameAs(Guid id, short errorCode, PartitionMetadata[] partitions, List<int> inRack)
    {
        if (Id != id || ErrorCode != errorCode || Partitions.Length != partitions.Length
            || !Public.InRack.SequenceEqual(CollectionsMarshal.AsSpan(inRack)))
        {
            return false;
        }

        for (var i = 0; i < partitions.Length; i++)
        {
            if (!Partitions[i].SameAs(partitions[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static int[] Available(PartitionMetadata[] partitions)
    {
        var available = new List<int>(partitions.Length);
        for (var i = 0; i < partitions.Length; i++)
        {
            if (partitions[i].LeaderId >= 0)
            {
                available.Add(i);
            }
        }

        return [.. available];
    }

    /// <summary>As users see it.</summary>
    public PartitionInfo[] Describe()
    {
        var partitions = new PartitionInfo[Partitions.Length];
        for (var i = 0; i < partitions.Length; i++)
        {
            ref readonly var partition = ref Partitions[i];
            partitions[i] = new PartitionInfo(
                Name, i, partition.LeaderId < 0 ? null : partition.LeaderId, [.. partition.Replicas], [.. partition.InSync]);
        }

        return partitions;
    }
}

/// <summary>Who leads a partition and who holds it.</summary>
/// <param name="LeaderId">-1 = no leader, or its broker is not in the snapshot.</param>
/// <param name="LeaderEpoch">-1 = unknown, or not to be trusted (Metadata below v9).</param>
/// <param name="Replicas">All replicas' brokers; not to be changed.</param>
/// <param name="InSync">Those in sync; not to be changed.</param>
internal readonly record struct PartitionMetadata(int LeaderId, int LeaderEpoch, int[] Replicas, int[] InSync)
{
    /// <summary>Nothing is known of it but that it exists.</summary>
    public static readonly PartitionMetadata Unknown = new(-1, -1, [], []);

    /// <summary>Equality by content.</summary>
    public bool SameAs(in PartitionMetadata other) =>
        LeaderId == other.LeaderId && LeaderEpoch == other.LeaderEpoch
        && Replicas.AsSpan().SequenceEqual(other.Replicas) && InSync.AsSpan().SequenceEqual(other.InSync);
}
