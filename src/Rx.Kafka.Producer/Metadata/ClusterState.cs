using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Metadata;

/// <summary>What is known of the cluster, and how answers and hints change it. Owned by the control loop; makes the snapshots.</summary>
/// <param name="rack">The rack whose partitions are told apart; null = none is.</param>
internal sealed class ClusterState(string? rack = null)
{
    private const short EpochsTrustedFrom = 9;

    private readonly List<TopicState> _topics = [];
    private readonly Dictionary<string, TopicState> _topicsByName = new(StringComparer.Ordinal);
    private BrokerNode[] _brokers = [];
    private KnownBrokers _known = new([], []);
    private string? _clusterId;

    public ClusterSnapshot Current { get; private set; } = ClusterSnapshot.Empty;

    /// <summary>When the last answer about all topics was asked for.</summary>
    public long AskedAt { get; set; } = long.MinValue;

    /// <summary>When the last answer came, whatever it was about.</summary>
    public long AnsweredAt { get; set; } = long.MinValue;

    /// <summary>Whether a topic should be asked for again soon.</summary>
    public bool Unsettled => _topics.Exists(static t => t.Unsettled);

    /// <summary>Takes an answer that names at least one broker to connect to.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="version">The version it came in.</param>
    /// <param name="isWatched">Topics nobody asked for are passed over.</param>
    /// <param name="otherCluster">The answer comes from another cluster than those before: all else that was known is dropped.</param>
    /// <returns>Whether anything changed.</returns>
    public bool Apply(MetadataResponse response, short version, Func<string, bool> isWatched, out bool otherCluster)
    {
        otherCluster = _clusterId is not null && response.ClusterId is not null && _clusterId != response.ClusterId;
        if (otherCluster)
        {
            _topics.Clear();
            _topicsByName.Clear();
        }

        _clusterId = response.ClusterId ?? _clusterId;
        _brokers = Usable(response.Brokers);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var topic in response.Topics)
        {
            // No broker names one twice, and each time costs as much as the topic has partitions.
            if (isWatched(topic.Name) && seen.Add(topic.Name))
            {
                State(topic.Name).Apply(topic, version >= EpochsTrustedFrom);
            }
        }

        return Publish();
    }

    /// <summary>Takes hints; the snapshot changes once for all of them.</summary>
    /// <returns>False when none is newer than what is known and names a leader whose address is known.</returns>
    public bool Apply(List<LeaderHint> hints)
    {
        var changed = false;
        foreach (var hint in hints)
        {
            if (EndPointOf(hint) is { } endPoint && _topicsByName.TryGetValue(hint.Topic, out var topic) && topic.Apply(hint))
            {
                Know(endPoint);
                changed = true;
            }
        }

        if (changed)
        {
            Publish();
        }

        return changed;
    }

    /// <summary>Forgets a topic; snapshots show it until the next answer.</summary>
    public void Forget(string topic)
    {
        if (_topicsByName.Remove(topic, out var state))
        {
            _topics.Remove(state);
        }
    }

    private static BrokerNode[] Usable(BrokerNode[] brokers)
    {
        var seen = new HashSet<int>(brokers.Length);
        return Array.FindAll(brokers, broker => broker.IsUsable && seen.Add(broker.Id));
    }

    private void Know(BrokerNode broker)
    {
        var place = Array.FindIndex(_brokers, known => known.Id == broker.Id);
        if (place < 0)
        {
            _brokers = [.. _brokers, broker];
        }
        else if (_brokers[place] != broker)
        {
            // The snapshots share the old array.
            _brokers = [.. _brokers[..place], broker, .. _brokers[(place + 1)..]];
        }
    }

    private BrokerNode? EndPointOf(LeaderHint hint) =>
        Array.Find(hint.EndPoints, told => told.Id == hint.LeaderId && told.IsUsable)
        ?? Array.Find(_brokers, known => known.Id == hint.LeaderId);

    private TopicState State(string name)
    {
        if (!_topicsByName.TryGetValue(name, out var state))
        {
            state = new TopicState(name);
            _topicsByName.Add(name, state);
            _topics.Add(state);
        }

        return state;
    }

    private bool Publish()
    {
        var inRack = _brokers.Where(broker => rack is not null && broker.Rack == rack).Select(static broker => broker.Id);
        if (!_known.Ids.SetEquals(_brokers.Select(static b => b.Id)) || !_known.InRack.SetEquals(inRack))
        {
            _known = new KnownBrokers([.. _brokers.Select(static b => b.Id)], [.. inRack]);
        }

        var topics = new List<TopicMetadata>(_topics.Count);
        foreach (var state in _topics)
        {
            if (state.Publish(_known) is { } topic)
            {
                topics.Add(topic);
            }
        }

        var before = Current;
        Current = new ClusterSnapshot(before.Version + 1, _clusterId, _brokers, [.. topics]) { AskedAt = AskedAt, AnsweredAt = AnsweredAt };
        return before.ClusterId != _clusterId || !before.Brokers.SequenceEqual(_brokers) || !SameTopics(before.Topics, topics);
    }

    private static bool SameTopics(IReadOnlyList<TopicMetadata> before, List<TopicMetadata> now)
    {
        if (before.Count != now.Count)
        {
            return false;
        }

        for (var i = 0; i < now.Count; i++)
        {
            if (!ReferenceEquals(before[i], now[i]))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>The brokers of a snapshot: all of them, and those in the client's rack. Not to be changed.</summary>
internal sealed record KnownBrokers(HashSet<int> Ids, HashSet<int> InRack);
