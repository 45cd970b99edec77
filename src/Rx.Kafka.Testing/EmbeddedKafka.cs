using System.Globalization;
using Rx.Kafka.Testing.Brokers;
using Rx.Kafka.Testing.Network;

namespace Rx.Kafka.Testing;

/// <summary>Kafka brokers inside the process, for tests: on loopback sockets (<see cref="StartAsync"/>) or in a simulation (<see cref="Simulation.StartKafka"/>). They check what they are sent as Kafka does, with a decoder of their own.</summary>
/// <remarks>Any client may produce, and consume: alone, or in groups of the classic protocol, which broker 1 coordinates, or the next one that is listed. Their ids count from 1. Replicas share one log. Everything here may be called from any thread; in a simulation only from its threads.</remarks>
public sealed class EmbeddedKafka : IAsyncDisposable
{
    private readonly Cluster _cluster;
    private readonly IBrokerNetwork _network;

    internal EmbeddedKafka(Cluster cluster, IBrokerNetwork network)
    {
        _cluster = cluster;
        _network = network;
        foreach (var broker in cluster.Brokers)
        {
            Open(broker);
        }
    }

    /// <summary>The brokers' addresses, for <see cref="KafkaProducerOptions.BootstrapServers"/>.</summary>
    public IList<string> BootstrapServers => [.. _cluster.Brokers.Select(static broker => string.Create(CultureInfo.InvariantCulture, $"{broker.Host}:{broker.Port}"))];

    /// <summary>What shall go wrong.</summary>
    public Faults Faults => _cluster.Faults;

    /// <summary>What the brokers have seen.</summary>
    public BrokerCounters Counters => _cluster.Counters;

    /// <summary>Which metrics the brokers want, and what was pushed; without <see cref="EmbeddedKafkaOptions.Telemetry"/> they ask for none.</summary>
    public EmbeddedTelemetry Telemetry => _cluster.Telemetry;

    /// <summary>How the brokers behave.</summary>
    public EmbeddedKafkaOptions Options => _cluster.Options;

    /// <summary>Called with every request of a known version before it is served; null = nobody looks. Runs where the connection is served: on sockets on several threads at once.</summary>
    public Action<ReceivedRequest>? RequestReceived
    {
        get => _cluster.RequestReceived;
        set => _cluster.RequestReceived = value;
    }

    /// <summary>Starts brokers on loopback sockets, with ports of the system's choice unless the options name them.</summary>
    /// <param name="brokers">How many.</param>
    /// <param name="options">How they behave; null = the defaults.</param>
    /// <returns>The running brokers.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No brokers, or a port that is none.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">By the await: a port of <see cref="EmbeddedKafkaOptions.Ports"/> is in use.</exception>
    public static async Task<EmbeddedKafka> StartAsync(int brokers = 1, EmbeddedKafkaOptions? options = null)
    {
        var network = new SocketBrokers(options?.Tls is { } tls ? new BrokerTls(tls) : null);
        try
        {
            return new EmbeddedKafka(new Cluster(brokers, options ?? new EmbeddedKafkaOptions(), TimeProvider.System, new Random()), network);
        }
        catch
        {
            await network.DisposeAsync(); // the brokers that did start
            throw;
        }
    }

    /// <summary>Creates a topic.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="partitions">How many partitions; their leaders are spread over the brokers.</param>
    public void CreateTopic(string name, int partitions = 1) => CreateTopic(name, new TopicOptions { Partitions = partitions });

    /// <summary>Creates a topic.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">How it behaves.</param>
    /// <exception cref="ArgumentException">The name is not allowed, there is such a topic, or it has no partitions.</exception>
    public void CreateTopic(string name, TopicOptions options)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(options);
        if (!TopicLog.IsValid(name))
        {
            throw new ArgumentException($"\"{name}\" is no topic name: 1 to 249 of [a-zA-Z0-9._-], neither \".\" nor \"..\".", nameof(name));
        }

        if (options.Partitions < 1)
        {
            throw new ArgumentException($"A topic needs at least one partition, not {options.Partitions}.", nameof(options));
        }

        if (_cluster.Create(name, options) is null)
        {
            throw new ArgumentException($"There is a topic \"{name}\" already.", nameof(name));
        }
    }

    /// <summary>Adds partitions to a topic while it is in use; producers learn of them with their next metadata.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="count">How many more, from 1.</param>
    /// <exception cref="ArgumentException">There is no such topic, or the count is below 1.</exception>
    public void AddPartitions(string topic, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _cluster.AddPartitions(Topic(topic), count);
    }

    /// <summary>Changes the largest batch that a topic takes, while it is in use: one that was appended before and comes again may be refused then, as Kafka checks sizes before duplicates.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="bytes">The largest batch, in bytes as sent; null = the brokers' limit.</param>
    public void LimitMessages(string topic, int? bytes) => Topic(topic).MaxMessageBytes = bytes;

    /// <summary>Deletes a topic with its logs; created again it has another id.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>False: there was none.</returns>
    public bool DeleteTopic(string name) => _cluster.Delete(name);

    /// <summary>Reads a partition's log from its first kept record on, checking CRCs again.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="partition">The partition, from 0.</param>
    /// <returns>The records, by offset.</returns>
    public IReadOnlyList<LogRecord> ReadLog(string topic, int partition) => LogReader.Records(topic, Log(topic, partition));

    /// <summary>Reads all partitions' logs, partition by partition.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <returns>The records.</returns>
    public IReadOnlyList<LogRecord> ReadLog(string topic) => [.. Topic(topic).Partitions.SelectMany(partition => LogReader.Records(topic, partition))];

    /// <summary>Reads the batches of a partition's log from the first kept one on.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="partition">The partition, from 0.</param>
    /// <returns>The batches, by offset.</returns>
    public IReadOnlyList<LogBatch> ReadBatches(string topic, int partition) => LogReader.Batches(Log(topic, partition));

    /// <summary>The offset the next record of a partition will get; before it lie as many records as were ever appended.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="partition">The partition, from 0.</param>
    /// <returns>The offset.</returns>
    public long NextOffset(string topic, int partition) => Log(topic, partition).Offsets.Next;

    /// <summary>All consumer groups there ever were, by name, as they are at this moment.</summary>
    public IReadOnlyList<EmbeddedGroup> Groups => _cluster.Groups.Describe();

    /// <summary>The offset that a consumer group goes on with: that of the last record it has committed, and one.</summary>
    /// <param name="group">The group's name (<c>group.id</c>).</param>
    /// <param name="topic">The topic's name.</param>
    /// <param name="partition">The partition, from 0.</param>
    /// <returns>The offset; null = the group has committed none there.</returns>
    public long? CommittedOffset(string group, string topic, int partition) => _cluster.Groups.Committed(group, topic, partition)?.Offset;

    /// <summary>The broker that leads a partition; -1 = none.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="partition">The partition, from 0.</param>
    /// <returns>The broker's id.</returns>
    public int Leader(string topic, int partition) => Log(topic, partition).Leader;

    /// <summary>Makes another broker lead a partition, in a new leader epoch; the log moves along.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="partition">The partition, from 0.</param>
    /// <param name="broker">The broker's id; -1 = nobody leads it.</param>
    public void MoveLeader(string topic, int partition, int broker)
    {
        var log = Log(topic, partition);
        log.MoveTo(broker == -1 ? -1 : _cluster.Broker(broker).Id);
    }

    /// <summary>Stops a broker: it cuts its connections and refuses new ones.</summary>
    /// <param name="broker">The broker's id.</param>
    /// <param name="elect">True: its partitions get other leaders at once, and Metadata lists it no more. False: nobody has noticed yet.</param>
    public void Stop(int broker, bool elect = true)
    {
        var stopped = _cluster.Broker(broker);
        stopped.State = BrokerState.Stopped;
        stopped.Listed = !elect;
        _network.Close(stopped);
        _cluster.Stopped(stopped, elect);
        CutConnections(broker);
    }

    /// <summary>Starts a broker that was stopped or mute, at its old address. After a stop it remembers only the last batch of each producer, as Kafka does.</summary>
    /// <param name="broker">The broker's id.</param>
    public void Restart(int broker) => Restart(broker, elsewhere: false);

    /// <summary>The same, at another address if so wished: the id stays, and nothing listens at the old address any more.</summary>
    /// <param name="broker">The broker's id.</param>
    /// <param name="elsewhere">Whether a stopped broker comes back at another address.</param>
    public void Restart(int broker, bool elsewhere)
    {
        var started = _cluster.Broker(broker);
        if (started.State == BrokerState.Up)
        {
            return;
        }

        var wasStopped = started.State == BrokerState.Stopped;
        CutConnections(broker);
        if (wasStopped)
        {
            if (elsewhere)
            {
                started.Port = _network.AnotherPort(started);
            }

            Open(started); // first, for it throws where the port is taken
        }

        started.State = BrokerState.Up;
        started.Listed = true;
        if (wasStopped)
        {
            _cluster.Started(started);
        }
    }

    /// <summary>Makes a broker a silent one: it accepts connections, reads what it is sent, and never answers; until <see cref="Restart"/>.</summary>
    /// <param name="broker">The broker's id.</param>
    public void AcceptAndNeverAnswer(int broker)
    {
        var mute = _cluster.Broker(broker);
        if (mute.State == BrokerState.Stopped)
        {
            throw new InvalidOperationException($"Broker {broker} is stopped; restart it first.");
        }

        mute.State = BrokerState.Mute;
    }

    /// <summary>Cuts all connections of a broker; it goes on accepting.</summary>
    /// <param name="broker">The broker's id.</param>
    public void CutConnections(int broker)
    {
        foreach (var session in _cluster.Broker(broker).Sessions())
        {
            session.Cut();
        }
    }

    /// <summary>Makes a partition forget all producers, as after <c>producer.id.expiration.ms</c>.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="partition">The partition, from 0.</param>
    public void ForgetProducers(string topic, int partition) => Log(topic, partition).ForgetProducers();

    /// <summary>Ends all brokers and connections.</summary>
    /// <returns>Done when nothing of them is left.</returns>
    public async ValueTask DisposeAsync()
    {
        foreach (var broker in _cluster.Brokers)
        {
            broker.State = BrokerState.Stopped;
            _network.Close(broker);
            CutConnections(broker.Id);
        }

        _cluster.End();
        await _network.DisposeAsync();
    }

    private void Open(Broker broker)
    {
        var stops = broker.Stops;
        _network.Open(broker, async (pipe, reset) =>
        {
            using var session = new Session(_cluster, broker, stops, pipe, reset);
            await session.RunAsync();
        });
    }

    private TopicLog Topic(string name) => _cluster.Find(name) ?? throw new ArgumentException($"There is no topic \"{name}\".", nameof(name));

    private PartitionLog Log(string topic, int partition) =>
        Topic(topic).Partition(partition) ?? throw new ArgumentOutOfRangeException(nameof(partition), partition, $"Topic \"{topic}\" has partitions 0 to {Topic(topic).Partitions.Count - 1}.");
}
