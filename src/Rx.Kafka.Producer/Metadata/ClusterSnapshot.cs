using System.Diagnostics.CodeAnalysis;

namespace Rx.Kafka.Metadata;

/// <summary>What is known of the cluster at one moment. Immutable, so any thread reads it without a lock.</summary>
internal sealed class ClusterSnapshot
{
    /// <summary>Before the first answer: version 0, nothing known.</summary>
    public static readonly ClusterSnapshot Empty = new(0, null, [], []);

    private readonly Dictionary<int, BrokerNode> _brokersById;
    private readonly Dictionary<string, TopicMetadata> _topicsByName;

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

    /// <summary>Null = unknown (Metadata below v2).</summary>
    public string? ClusterId { get; }

    /// <summary>In the order the broker sent them.</summary>
    public IReadOnlyList<BrokerNode> Brokers { get; }

    /// <summary>In the order they were first watched.</summary>
    public IReadOnlyList<TopicMetadata> Topics { get; }

    public bool TryGetBroker(int id, [NotNullWhen(true)] out BrokerNode? broker) => _brokersById.TryGetValue(id, out broker);

    /// <summary>A topic, or null while its partitions are not known: <see cref="ClusterMetadata.TopicError"/> may say why.</summary>
    public TopicMetadata? Topic(string name) => _topicsByName.GetValueOrDefault(name);
}
