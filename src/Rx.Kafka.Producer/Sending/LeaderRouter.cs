using Rx.Kafka.Batching;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Lanes;
using Rx.Kafka.Memory;
using Rx.Kafka.Metadata;
using Rx.Kafka.Partitioning;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Sending;

/// <summary>
/// Gives each partition to the loop of the broker that leads it, and moves it when the leader changes. Any thread may call it: the
/// control loop does with each snapshot, and whoever makes channels. It posts to loops and never waits for them.
/// </summary>
internal sealed class LeaderRouter : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly SendingContext _context;
    private readonly Dictionary<int, Broker> _brokers = [];
    private readonly Dictionary<string, RoutedTopic> _topics = new(StringComparer.Ordinal);
    private readonly List<SendingLoop> _loops = [];
    private readonly NoLeaderLoop _noLeader;
    private readonly List<(PartitionChannel Channel, int Leader)> _moved = []; // to be logged without the lock
    private string? _clusterId;
    private (long Generation, ProduceError Error)? _purged;
    private ProduceError? _givesUp;

    public LeaderRouter(SendingContext context)
    {
        _context = context;
        _noLeader = new NoLeaderLoop(context, NewMemory(context));
        Start(_noLeader);
    }

    /// <summary>Makes the channel and the lane of a partition.</summary>
    public PartitionChannel CreateChannel(TopicName topic, int partition, PartitionLoad load, ClusterSnapshot snapshot)
    {
        lock (_lock)
        {
            var metadata = snapshot.Topic(topic.Text);
            var leader = LeaderOf(metadata, partition, snapshot);
            var owner = LoopOf(leader);
            var channel = new PartitionChannel(topic, partition, load, _context.Batching, owner);
            load.Led(partition, leader?.Stall);
            var lane = new PartitionLane(channel, _context, new LaneRoute(owner, metadata?.Id ?? Guid.Empty));
            if (!_topics.TryGetValue(topic.Text, out var routed))
            {
                _topics.Add(topic.Text, routed = new RoutedTopic());
            }

            // A snapshot that is older than the last one was made for is routed again with the next one.
            routed.Metadata = routed.Lanes.Count == 0 || routed.Metadata == metadata ? metadata : null;
            routed.Lanes.Add(lane);
            return channel;
        }
    }

    /// <summary>
    /// The cluster changed: partitions follow their leaders, senders the brokers' addresses. A known topic that did not change is not
    /// visited.
    /// </summary>
    public void Route(ClusterSnapshot snapshot)
    {
        (PartitionChannel Channel, int Leader)[] moved;
        lock (_lock)
        {
            foreach (var node in snapshot.Brokers)
            {
                if (_brokers.TryGetValue(node.Id, out var broker) && broker.Node != node)
                {
                    broker.Node = node;
                    broker.Sender.Post(() => broker.Sender.MovedTo(node));
                }
            }

            if (_clusterId is not null && snapshot.ClusterId is not null && _clusterId != snapshot.ClusterId)
            {
                _context.ProducerIds.Forget();
                foreach (var topic in _topics.Values)
                {
                    topic.Lanes.ForEach(static lane => LaneLoop.Tell(lane, static told => told.ClusterReplaced()));
                }
            }

            _clusterId = snapshot.ClusterId ?? _clusterId;
            foreach (var (name, topic) in _topics)
            {
                Route(topic, snapshot.Topic(name), snapshot);
            }

            moved = [.. _moved];
            _moved.Clear();
        }

        foreach (var (channel, leader) in moved)
        {
            SendingLog.LeaderMoved(_context.Logger, channel.Topic, channel.Partition, leader);
        }
    }

    /// <summary>Does something with every loop.</summary>
    public void ForEach(Action<SendingLoop> action)
    {
        lock (_lock)
        {
            _loops.ForEach(action);
        }
    }

    /// <summary>
    /// Every loop gives up its batches of the flush generations up to this one: a purge. A loop that is made later is told too, for a lane
    /// with such batches may move to it.
    /// </summary>
    public void GiveUp(long generation, ProduceError error)
    {
        lock (_lock)
        {
            _purged = _purged is { } last && last.Generation > generation ? last : (generation, error);
            _loops.ForEach(loop => loop.Post(() => loop.GiveUp(generation, error)));
        }
    }

    /// <summary>
    /// Every loop, also one that is made later, gives up whatever is or comes there: the end of a dispose, or a fatal error.
    /// </summary>
    public void GiveUpFromNowOn(ProduceError error)
    {
        lock (_lock)
        {
            _givesUp = error;
            _loops.ForEach(loop => loop.Post(() => loop.GiveUpFromNowOn(error)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        SendingLoop[] loops;
        lock (_lock)
        {
            loops = [.. _loops];
        }

        foreach (var loop in loops)
        {
            await loop.DisposeAsync();
        }
    }

    private void Route(RoutedTopic topic, TopicMetadata? metadata, ClusterSnapshot snapshot)
    {
        // The object is the same as long as nothing about the topic changes, also which of its leaders are known.
        if (metadata is not null && metadata == topic.Metadata)
        {
            return;
        }

        // A topic that is forgotten as idle, or comes back, would fill the log.
        var isLogged = metadata is not null && topic.Metadata is not null;
        topic.Metadata = metadata;
        foreach (var lane in topic.Lanes)
        {
            var leader = LeaderOf(metadata, lane.Channel.Partition, snapshot);
            if (Route(lane, leader, metadata?.Id ?? Guid.Empty) && isLogged)
            {
                _moved.Add((lane.Channel, LoopOf(leader).BrokerId));
            }
        }
    }

    /// <summary>A topic of the same name with another id is another topic; no id says nothing.</summary>
    /// <returns>Whether it has another leader.</returns>
    private bool Route(PartitionLane lane, Broker? leader, Guid topicId)
    {
        var (channel, last, owner) = (lane.Channel, lane.Route, LoopOf(leader));
        var id = topicId == Guid.Empty ? last.TopicId : topicId;
        if (owner == last.Loop && id == last.TopicId)
        {
            return false;
        }

        var isMoved = owner != last.Loop;
        if (isMoved)
        {
            channel.Load.Led(channel.Partition, leader?.Stall);
        }

        lane.Route = new LaneRoute(owner, id);
        LaneLoop.Tell(lane, static moved => moved.Rerouted());
        return isMoved;
    }

    private SendingLoop LoopOf(Broker? leader) => leader is null ? _noLeader : leader.Sender;

    private Broker? LeaderOf(TopicMetadata? topic, int partition, ClusterSnapshot snapshot)
    {
        if (topic is null || partition >= topic.Partitions.Length
            || !snapshot.TryGetBroker(topic.Partitions[partition].LeaderId, out var node))
        {
            return null;
        }

        if (!_brokers.TryGetValue(node.Id, out var broker))
        {
            broker = new Broker(node, _context);
            _brokers.Add(node.Id, broker);
            Start(broker.Sender);
        }

        return broker;
    }

    private static BrokerMemory NewMemory(SendingContext context)
    {
        var memory = new BrokerMemory();
        context.Batching.Memory.AddBroker(memory);
        return memory;
    }

    private void Start(SendingLoop loop)
    {
        _loops.Add(loop);
        if (_purged is { } purged)
        {
            loop.Post(() => loop.GiveUp(purged.Generation, purged.Error));
        }

        if (_givesUp is { } error)
        {
            loop.Post(() => loop.GiveUpFromNowOn(error));
        }

        loop.Start();
    }

    /// <summary>A broker as the router knows it: its memory and its stall are the broker's, however many loops send to it.</summary>
    private sealed class Broker
    {
        public Broker(BrokerNode node, SendingContext context)
        {
            Node = node;
            Sender = new BrokerSender(node, NewMemory(context), Stall, context);
        }

        /// <summary>The address that its loop was told last.</summary>
        public BrokerNode Node { get; set; }

        public BrokerStall Stall { get; } = new();

        public BrokerSender Sender { get; }
    }

    private sealed class RoutedTopic
    {
        /// <summary>What its lanes were routed by; null = they are to be routed again.</summary>
        public TopicMetadata? Metadata { get; set; }

        public List<PartitionLane> Lanes { get; } = [];
    }
}
