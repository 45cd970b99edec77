using Rx.Kafka.Batching;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Lanes;
using Rx.Kafka.Metadata;
using Rx.Kafka.Partitioning;

namespace Rx.Kafka.Sending;

/// <summary>
/// Gives each partition to the loop of the broker that leads it, one loop per broker, and moves it when the leader changes. Called by the
/// refresh loop and by who makes channels.
/// </summary>
internal sealed class LeaderRouter : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly SendingContext _context;
    private readonly Dictionary<int, BrokerSender> _senders = [];
    private readonly List<SendingLoop> _loops = [];
    private readonly List<PartitionLane> _lanes = [];
    private readonly NoLeaderLoop _noLeader;
    private string? _clusterId;

    public LeaderRouter(SendingContext context)
    {
        _context = context;
        _noLeader = new NoLeaderLoop(context);
        _loops.Add(_noLeader);
        _noLeader.Start();
    }

    /// <summary>Makes the channel and the lane of a partition.</summary>
    public PartitionChannel CreateChannel(TopicName topic, int partition, PartitionLoad load, ClusterSnapshot snapshot)
    {
        lock (_lock)
        {
            var owner = OwnerOf(topic.Text, partition, snapshot);
            var channel = new PartitionChannel(topic, partition, load, _context.Batching, owner);
            load.Led(partition, owner.Stall);
            _lanes.Add(new PartitionLane(channel, _context, new LaneRoute(owner, snapshot.Topic(topic.Text)?.Id ?? Guid.Empty)));
            return channel;
        }
    }

    /// <summary>The cluster changed: partitions follow their leaders, senders the brokers' addresses.</summary>
    public void Route(ClusterSnapshot snapshot)
    {
        lock (_lock)
        {
            foreach (var broker in snapshot.Brokers)
            {
                if (_senders.TryGetValue(broker.Id, out var sender))
                {
                    sender.Post(() => sender.MovedTo(broker));
                }
            }

            if (_clusterId is not null && snapshot.ClusterId is not null && _clusterId != snapshot.ClusterId)
            {
                _context.ProducerIds.Forget();
                _lanes.ForEach(static lane => LaneLoop.Tell(lane, static told => told.ClusterReplaced()));
            }

            _clusterId = snapshot.ClusterId ?? _clusterId;
            foreach (var lane in _lanes)
            {
                Route(lane, snapshot);
            }
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

    private void Route(PartitionLane lane, ClusterSnapshot snapshot)
    {
        var channel = lane.Channel;
        var (last, owner) = (lane.Route, OwnerOf(channel.Topic, channel.Partition, snapshot));
        var id = snapshot.Topic(channel.Topic)?.Id is { } told && told != Guid.Empty ? told : last.TopicId;
        if (owner == last.Loop && id == last.TopicId)
        {
            return;
        }

        if (owner != last.Loop)
        {
            SendingLog.LeaderMoved(_context.Logger, channel.Topic, channel.Partition, owner.BrokerId);
            channel.Load.Led(channel.Partition, owner.Stall);
        }

        lane.Route = new LaneRoute(owner, id);
        LaneLoop.Tell(lane, static moved => moved.Rerouted());
    }

    private SendingLoop OwnerOf(string topic, int partition, ClusterSnapshot snapshot)
    {
        var partitions = snapshot.Topic(topic)?.Partitions;
        if (partitions is null || partition >= partitions.Length || !snapshot.TryGetBroker(partitions[partition].LeaderId, out var node))
        {
            return _noLeader;
        }

        if (!_senders.TryGetValue(node.Id, out var sender))
        {
            sender = new BrokerSender(node, _context);
            _senders.Add(node.Id, sender);
            _loops.Add(sender);
            sender.Start();
        }

        return sender;
    }
}
