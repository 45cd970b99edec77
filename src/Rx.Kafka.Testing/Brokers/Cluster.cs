using Rx.Kafka.Testing.Groups;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>What all brokers know together: brokers, topics, leaders, producer ids. Its lock guards the topics and the leaders' moves; logs have their own.</summary>
internal sealed class Cluster
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TopicLog> _byName = new(StringComparer.Ordinal);

    // Enumerated instead of the dictionary, whose order differs from process to process.
    private readonly List<TopicLog> _topics = [];
    private readonly Dictionary<string, (long Id, short Epoch)> _transactional = new(StringComparer.Ordinal);
    private readonly Random _random;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastProducerId = 999;

    public Cluster(int brokers, EmbeddedKafkaOptions options, TimeProvider time, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(brokers);
        Options = options;
        Telemetry = new EmbeddedTelemetry(options.Telemetry ?? new EmbeddedTelemetryOptions { Metrics = [] });
        Time = time;
        _random = random;
        Groups = new GroupCoordinator(time, options, NewUuid);
        Brokers = [.. Enumerable.Range(1, brokers).Select(id => new Broker(id) { Port = options.PortOf(id) })];
    }

    public EmbeddedKafkaOptions Options { get; }

    public TimeProvider Time { get; }

    public IReadOnlyList<Broker> Brokers { get; }

    public EmbeddedTelemetry Telemetry { get; }

    /// <summary>Consumer groups; the controller speaks for them. Its lock is older than this object's.</summary>
    public GroupCoordinator Groups { get; }

    public BrokerCounters Counters { get; } = new();

    public Faults Faults { get; } = new();

    /// <summary>Told of every request; null = nobody looks.</summary>
    public Action<ReceivedRequest>? RequestReceived { get; set; }

    /// <summary>Completes when the brokers are disposed.</summary>
    public Task Ended => _ended.Task;

    public Broker? Controller => Brokers.FirstOrDefault(static broker => broker.Listed);

    /// <summary>The controller, if it runs; one that nobody knows to be stopped speaks for no group.</summary>
    private int? Speaker => Controller is { State: not BrokerState.Stopped } controller ? controller.Id : null;

    public Broker Broker(int id) => id >= 1 && id <= Brokers.Count
        ? Brokers[id - 1]
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"There are brokers 1 to {Brokers.Count}.");

    public TopicLog? Find(string name)
    {
        lock (_lock)
        {
            return _byName.GetValueOrDefault(name);
        }
    }

    public TopicLog? Find(Guid id)
    {
        lock (_lock)
        {
            return _topics.Find(topic => topic.Id == id);
        }
    }

    public string? NameOf(Guid id) => Find(id)?.Name;

    public IReadOnlyList<TopicLog> Topics()
    {
        lock (_lock)
        {
            return [.. _topics];
        }
    }

    /// <summary>Makes a topic; null = there is one of that name.</summary>
    public TopicLog? Create(string name, TopicOptions options)
    {
        lock (_lock)
        {
            if (_byName.ContainsKey(name))
            {
                return null;
            }

            var id = NewUuid();
            var first = _topics.Count;
            var topic = new TopicLog(name, id, options, partition => Replicas(first + partition));
            _byName[name] = topic;
            _topics.Add(topic);
            LeaveStopped(topic);
            return topic;
        }
    }

    public void AddPartitions(TopicLog topic, int count)
    {
        lock (_lock)
        {
            topic.Add(count);
            LeaveStopped(topic);
        }
    }

    public Guid NewUuid()
    {
        lock (_lock)
        {
            var id = new byte[16];
            _random.NextBytes(id);
            return new Guid(id);
        }
    }

    public bool Delete(string name)
    {
        TopicLog? topic;
        lock (_lock)
        {
            if (!_byName.Remove(name, out topic))
            {
                return false;
            }

            _topics.Remove(topic);
        }

        Groups.Forget(name);
        foreach (var partition in topic.Partitions)
        {
            partition.Wake();
        }

        return true;
    }

    /// <summary>A new id with epoch 0; a transactional id keeps its producer id and raises its epoch.</summary>
    public (long Id, short Epoch) NextProducerId(string? transactionalId)
    {
        lock (_lock)
        {
            if (transactionalId is null)
            {
                return (++_lastProducerId, 0);
            }

            var (id, epoch) = _transactional.TryGetValue(transactionalId, out var known) ? known : (-1, (short)-1);
            var next = id < 0 || epoch == short.MaxValue - 1 ? (++_lastProducerId, (short)0) : (id, (short)(epoch + 1));
            _transactional[transactionalId] = next;
            return next;
        }
    }

    public void End()
    {
        _ended.TrySetResult();
        Groups.End();
    }

    public void Stopped(Broker broker, bool elect)
    {
        lock (_lock)
        {
            foreach (var partition in Partitions())
            {
                partition.Stopped(broker.Id);
                if (elect && partition.Leader == broker.Id)
                {
                    partition.MoveTo(LiveReplica(partition));
                }
            }
        }

        Groups.SpokenForBy(Speaker);
    }

    /// <summary>A broker is back: it leads what nobody leads, and goes on leading, in a new epoch, what nobody took over.</summary>
    public void Started(Broker broker)
    {
        lock (_lock)
        {
            foreach (var partition in Partitions())
            {
                if (partition.Leader == broker.Id || (partition.Leader < 0 && partition.Replicas.Contains(broker.Id)))
                {
                    partition.MoveTo(broker.Id);
                }
            }
        }

        Groups.SpokenForBy(Speaker);
    }

    /// <summary>No new partition is led by a broker that is known to be stopped.</summary>
    private void LeaveStopped(TopicLog topic)
    {
        foreach (var partition in topic.Partitions)
        {
            if (partition.Leader >= 0 && Broker(partition.Leader) is { State: BrokerState.Stopped, Listed: false })
            {
                partition.MoveTo(LiveReplica(partition));
            }
        }
    }

    private IEnumerable<PartitionLog> Partitions() => _topics.SelectMany(static topic => topic.Partitions);

    private int LiveReplica(PartitionLog partition)
    {
        foreach (var id in partition.Replicas)
        {
            if (Broker(id).State != BrokerState.Stopped)
            {
                return id;
            }
        }

        return -1;
    }

    private int[] Replicas(int first)
    {
        var count = Math.Min(3, Brokers.Count);
        return [.. Enumerable.Range(0, count).Select(i => Brokers[(first + i) % Brokers.Count].Id)];
    }
}
