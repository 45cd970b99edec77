using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Rx.Kafka.Testing.Brokers;
using Rx.Kafka.Testing.Network;

namespace Rx.Kafka.Testing;

/// <summary>Brokers that keep nothing and answer every batch with success, in memory and without allocating once warm: what is measured in front of them is the producer.</summary>
/// <remarks>Of a Produce request they read partitions and record counts, nothing else is checked; offsets count up. ApiVersions, Metadata and InitProducerId are answered as by <see cref="EmbeddedKafka"/>. They run on the thread pool.</remarks>
public sealed class AnsweringTransport : ITransport
{
    private readonly Cluster _cluster;
    private readonly AnsweredTopics _topics = new();
    private readonly int _segmentBytes;
    private int _connections;

    /// <summary>Makes brokers.</summary>
    /// <param name="brokers">How many.</param>
    /// <param name="segmentBytes">How much memory a connection's pipe takes at a time, in bytes.</param>
    public AnsweringTransport(int brokers = 1, int segmentBytes = 65536)
    {
        _segmentBytes = segmentBytes;
        var options = new EmbeddedKafkaOptions { AutoCreateTopics = false };
        options.Apis[ApiKey.Produce] = new ApiRange(0, ProduceScan.MostVersion);
        _cluster = new Cluster(brokers, options, TimeProvider.System, new Random(1));
        foreach (var broker in _cluster.Brokers)
        {
            broker.Host = string.Create(CultureInfo.InvariantCulture, $"answering-{broker.Id}");
            broker.Port = 9092;
        }
    }

    /// <summary>The brokers' addresses, for <see cref="KafkaProducerOptions.BootstrapServers"/>.</summary>
    public IList<string> BootstrapServers => [.. _cluster.Brokers.Select(static broker => $"{broker.Host}:9092")];

    /// <summary>Records answered.</summary>
    public long Records => _topics.Records;

    /// <summary>Batches answered.</summary>
    public long Batches => _topics.Batches;

    /// <summary>Produce requests answered.</summary>
    public long Requests => _topics.Requests;

    /// <summary>Connections opened.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Creates a topic; others are unknown.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="partitions">How many partitions; their leaders are spread over the brokers.</param>
    /// <exception cref="ArgumentException">There is such a topic.</exception>
    public void CreateTopic(string name, int partitions = 1)
    {
        if (_cluster.Create(name, new TopicOptions { Partitions = partitions }) is null)
        {
            throw new ArgumentException($"There is a topic \"{name}\" already.", nameof(name));
        }

        _topics.Add(name, partitions);
    }

    /// <inheritdoc/>
    /// <exception cref="SocketException">The address is none of these brokers'.</exception>
    public ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var broker = _cluster.Brokers.FirstOrDefault(broker => endPoint is DnsEndPoint name && string.Equals(name.Host, broker.Host, StringComparison.Ordinal));
        if (broker is null)
        {
            return ValueTask.FromException<IDuplexPipe>(new SocketException((int)SocketError.HostNotFound));
        }

        Interlocked.Increment(ref _connections);
        var toBroker = Pipe();
        var toClient = Pipe();
        var connection = new AnsweringConnection(_cluster, broker, _topics, new DuplexPipe(toBroker.Reader, toClient.Writer));
        _ = Task.Factory.StartNew(connection.RunAsync, cancellationToken, TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
        return ValueTask.FromResult<IDuplexPipe>(new DuplexPipe(toClient.Reader, toBroker.Writer));
    }

    private Pipe Pipe() => new(new PipeOptions(
        new BlockPool(_segmentBytes),
        readerScheduler: new PoolPipeScheduler(),
        writerScheduler: new PoolPipeScheduler(),
        pauseWriterThreshold: 1 << 20,
        resumeWriterThreshold: 1 << 19,
        minimumSegmentSize: _segmentBytes,
        useSynchronizationContext: false));
}
