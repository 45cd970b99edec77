using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Lanes;
using Rx.Kafka.Network;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Partitioning;
using Rx.Kafka.Properties.Batching;
using Rx.Kafka.Properties.Metadata.Scripted;
using Rx.Kafka.Properties.Network.Scripted;
using Rx.Kafka.Properties.Outcomes;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Properties.Lanes;

/// <summary>One lane without a broker: the test takes batches from it and says what is answered.</summary>
internal sealed class LaneWorld : IDisposable
{
    private readonly Watching _watching = new();
    private readonly BatchingWorld _batching = new(batchSize: 4096);

    public LaneWorld(bool isIdempotent = true, int retries = int.MaxValue, bool obtainId = true)
    {
        var events = new SendingEvents(_watching.Log, _watching.Metrics, _batching.Time, _batching.Context.Scheduler);
        Ids = isIdempotent ? _watching.Ids : new ProducerIds(isIdempotent: false, _watching.Control, new Backoff(TimeSpan.Zero, TimeSpan.Zero, new Random(1)), events);
        Context = new LaneContext
        {
            Options = new KafkaProducerOptions { Retries = retries },
            Batching = _batching.Context,
            Metadata = _watching.Metadata,
            ProducerIds = Ids,
            Events = events,
            Random = new Random(1),
            EndProducer = error => Fatal = error,
        };
        Loop = NewLoop();
        Channel = NewChannel(Loop, partition: 0);
        Lane = Assert.IsType<PartitionLane>(Channel.Lane);
        Connection = NewConnection();
        if (isIdempotent && obtainId)
        {
            Assert.False(Ids.TryGet(out _));
            _watching.World.Run();
        }
    }

    public LaneContext Context { get; }

    public ProducerIds Ids { get; }

    public HandLoop Loop { get; }

    public PartitionChannel Channel { get; }

    public PartitionLane Lane { get; }

    public BrokerConnection Connection { get; set; }

    public Connector Connector => new(_watching.Cluster, _batching.Time, _watching.World.Tasks, "me", Log, 1 << 20);

    public EventLog Log => _watching.Log;

    public ProduceError? Fatal { get; private set; }

    public List<HandCompletion> Told { get; } = [];

    public long Now => _batching.Time.GetTimestamp();

    /// <summary>A channel with its lane.</summary>
    public PartitionChannel NewChannel(LaneLoop loop, int partition)
    {
        var channel = new PartitionChannel(new TopicName("t"), partition, new PartitionLoad(), _batching.Context, loop);
        _ = new PartitionLane(channel, Context, new LaneRoute(loop, Guid.Empty));
        return channel;
    }

    public HandLoop NewLoop() => new(_batching.Time, _batching.Memory);

    public BrokerConnection NewConnection() => new Linked(_watching.World).Connection;

    public void Advance(TimeSpan by) => _batching.Time.Advance(by);

    /// <summary>Fills and closes a batch of so many records, each awaited.</summary>
    public void Write(int records = 1)
    {
        for (var i = 0; i < records; i++)
        {
            Told.Add(new HandCompletion());
            Assert.Equal(AppendResult.Placed, _batching.Append(Channel, BatchingWorld.Numbered(Told.Count), completion: Told[^1]));
        }

        Channel.CloseOpen(Loop.Timeline.OldestOpen(), mayGrow: false);
    }

    /// <summary>Closes a batch with one record of a sink.</summary>
    public void Write(Sink sink)
    {
        Assert.Equal(AppendResult.Placed, _batching.Append(Channel, BatchingWorld.Numbered(0), sink));
        Channel.CloseOpen(Loop.Timeline.OldestOpen(), mayGrow: false);
    }

    /// <summary>Closes a batch with one record of so many bytes.</summary>
    public void Fill(PartitionChannel channel, int bytes)
    {
        Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(AppendResult.Placed, _batching.Append(channel, BatchingWorld.Numbered(0, bytes)));
        channel.CloseOpen(channel.Owner.Timeline.OldestOpen(), mayGrow: false);
    }

    public void Acknowledge(ProducerBatch batch) =>
        LaneLoop.LaneOf(batch).Ended(batch, new AttemptEnd(new PartitionAnswer(), new AttemptFailure("", ""), Connection, Now));

    public LaneTake TryTake(out ProducerBatch? batch) => Lane.Take(Connection, Now, int.MaxValue, out batch);

    /// <summary>Takes the next batch and sends it.</summary>
    public ProducerBatch Send()
    {
        Assert.Equal(LaneTake.Batch, TryTake(out var batch));
        Lane.Sent(batch!, Loop);
        return batch!;
    }

    /// <summary>Writes and sends one batch.</summary>
    public ProducerBatch SendNew(int records = 1)
    {
        Write(records);
        return Send();
    }

    public void Answer(ProducerBatch batch, short code, long offset = -1)
    {
        var answer = new PartitionAnswer { ErrorCode = code, BaseOffset = offset };
        Lane.Ended(batch, new AttemptEnd(answer, FailureText.Of(answer, Connection, 1), Connection, Now));
    }

    public void Lose(ProducerBatch batch) =>
        Lane.Ended(batch, new AttemptEnd(null, FailureText.Of("gone", Connection, 1), Connection, Now));

    /// <summary>The router names another leader or topic id, and the lane hears of it.</summary>
    public void Reroute(LaneLoop loop, Guid topicId = default)
    {
        Lane.Route = new LaneRoute(loop, topicId);
        Lane.Rerouted();
    }

    /// <summary>A first success on the connection, after which two may be in flight.</summary>
    public void Prove() => Answer(SendNew(), 0, offset: 0);

    public void Dispose()
    {
        _batching.Dispose();
        _watching.Metrics.Dispose();
    }
}
