using Microsoft.Extensions.Logging.Abstractions;
using Rx.Kafka.Admission;
using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Control;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Metadata;
using Rx.Kafka.Network;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Properties.Batching;
using Rx.Kafka.Properties.Outcomes;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Admission;

/// <summary>Admission as the producer has it, with real metadata of simulated brokers; but what comes into batches is taken and answered by hand.</summary>
internal sealed class AdmissionWorld : IDisposable
{
    private readonly WallClock _clock;
    private readonly ControlLoop _control;
    private readonly ProducerMetrics _metrics = new("laws", TimeProvider.System);
    private readonly Dictionary<PartitionChannel, long> _offsets = [];

    public AdmissionWorld(int seed, long memory, TimeSpan maxBlock, int batchSize = 1024, Action<KafkaProducerOptions>? configure = null)
    {
        Simulation = new Simulation(seed);
        Kafka = Simulation.StartKafka(brokers: 1, new EmbeddedKafkaOptions { AutoCreateTopics = false });
        var options = new KafkaProducerOptions
        {
            BootstrapServers = Kafka.BootstrapServers,
            Runtime = Simulation.Runtime,
            Transport = Simulation.Transport,
            BatchSize = batchSize,
            BufferMemory = memory,
            MaxBlock = maxBlock,
        };
        configure?.Invoke(options);
        Batching = new BatchingWorld(batchSize, memory, maxBlock, scheduler: Simulation.Scheduler, time: Simulation.Time);
        Owner = Batching.NewOwner();
        var connector = new Connector(Simulation.Transport, Simulation.Time, Simulation.Scheduler, "laws", NullLogger.Instance, 1 << 20);
        _control = new ControlLoop(options, connector, new Random(seed), new MetadataEvents(NullLogger.Instance, _metrics, Simulation.Time));
        Metadata = new ClusterMetadata(options, _control, new Random(seed))
        {
            SnapshotChanged = snapshot => Admission!.Update(snapshot),
            KeepTopic = topic => Admission!.KeepTopic(topic),
        };
        _clock = new WallClock(Simulation.Time);
        var context = new AdmissionContext { Options = options, Batching = Batching.Context, Metadata = Metadata, Partitioner = options.Partitioner, NewRandom = () => new Random(seed) };
        Admission = new RecordAdmission(context, _clock, CreateChannel);
    }

    public Simulation Simulation { get; }

    public EmbeddedKafka Kafka { get; }

    public BatchingWorld Batching { get; }

    public HandOwner Owner { get; }

    public ClusterMetadata Metadata { get; }

    public RecordAdmission Admission { get; }

    public Offered Offer(Record record, RecordCompletion? completion = null)
    {
        var offer = new RecordOffer(record, completion: completion ?? new HandCompletion());
        var result = Admission.Offer(ref offer);
        return new Offered(result == OfferResult.Placed, offer.Error, offer.Waiting);
    }

    public List<PartitionChannel> Channels { get; } = [];

    /// <summary>Takes and acknowledges everything in batches of one partition.</summary>
    /// <param name="channel">The partition.</param>
    /// <param name="sent">Told each record's number and offset.</param>
    public void Answer(PartitionChannel channel, Action<int, long> sent)
    {
        while (channel.Reader.TryRead(out var batch))
        {
            var numbers = BatchingWorld.NumbersIn(batch);
            var offset = _offsets.GetValueOrDefault(channel);
            BatchingWorld.Decide(batch, offset);
            foreach (var number in numbers)
            {
                sent(number, offset++);
            }

            _offsets[channel] = offset;
        }
    }

    public void Dispose()
    {
        Simulation.Run(() => _control.DisposeAsync().AsTask());
        Batching.Dispose();
        _clock.Dispose();
        _metrics.Dispose();
        Simulation.Dispose();
    }

    private PartitionChannel CreateChannel(TopicAdmission topic, int partition, ClusterSnapshot snapshot)
    {
        var channel = new PartitionChannel(topic.Name, partition, topic.Load, Batching.Context, Owner);
        _ = new HandLane(channel);
        Channels.Add(channel);
        return channel;
    }

    /// <summary>What became of an offered record.</summary>
    internal sealed record Offered(bool IsPlaced, ProduceError? Error, WaitingRecord? Waiting);
}
