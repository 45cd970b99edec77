using System.Buffers.Binary;
using Microsoft.Extensions.ObjectPool;
using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Memory;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Partitioning;
using Rx.Kafka.Properties.Protocol.Records;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Batching;

/// <summary>Channels and their memory without a producer around them: virtual time, pumped tasks, owners moved by hand. Single-threaded unless a real scheduler is given.</summary>
internal sealed class BatchingWorld : IDisposable
{
    private static readonly ProducerMetrics Metrics = new("me", TimeProvider.System);

    private readonly List<HandOwner> _owners = [];

    public BatchingWorld(int batchSize = 1024, long memory = 1 << 20, TimeSpan? maxBlock = null, TimeSpan? linger = null, int seed = 1, TaskScheduler? scheduler = null, TimeProvider? time = null, Compression? compression = null)
    {
        Linger = linger ?? TimeSpan.FromMilliseconds(5);
        Pumped = new PumpedScheduler(seed);
        var clock = time ?? Time;
        Memory = new BufferPool(memory, batchSize, ProducerBatch.Overheads, clock);
        Context = new BatchingContext
        {
            Memory = Memory,
            Flushes = Flushes,
            SharedCompletions = new SharedCompletionPool(new ContinuationQueue(scheduler ?? Pumped), memory),
            Batches = new DefaultObjectPool<ProducerBatch>(new DefaultPooledObjectPolicy<ProducerBatch>(), 64),
            Scheduler = scheduler ?? Pumped,
            Time = clock,
            Events = new SinkEvents(Log, Metrics, clock, scheduler ?? Pumped),
            BatchSize = batchSize,
            Compression = compression,
            MaxBlock = maxBlock ?? TimeSpan.FromSeconds(60),
            CountAppends = count => Counted += count,
        };
    }

    public EventLog Log { get; } = new();

    public VirtualTime Time { get; } = new();

    public PumpedScheduler Pumped { get; }

    public FlushTracker Flushes { get; } = new();

    public BufferPool Memory { get; }

    public BatchingContext Context { get; }

    public TimeSpan Linger { get; }

    /// <summary>What the clock was told of decided records.</summary>
    public long Counted { get; private set; }

    public HandOwner NewOwner()
    {
        var owner = new HandOwner(Context.Time, Memory, Linger);
        _owners.Add(owner);
        return owner;
    }

    public PartitionChannel NewChannel(HandOwner owner, int partition = 0, PartitionLoad? load = null)
    {
        var channel = new PartitionChannel(new TopicName("t"), partition, load ?? new PartitionLoad(), Context, owner);
        _ = new HandLane(channel);
        return channel;
    }

    /// <summary>A record that carries a number and is so many bytes of value long (at least 4).</summary>
    public static Record Numbered(int number, int bytes = 4)
    {
        var value = new byte[Math.Max(4, bytes)];
        BinaryPrimitives.WriteInt32LittleEndian(value, number);
        return new Record("t", value);
    }

    public AppendResult Append(PartitionChannel channel, in Record record, Sink? sink = null, RecordCompletion? completion = null, long timestamp = 1_000_000, bool mayOpen = true)
    {
        var offer = new RecordOffer(record, sink ?? (completion is null ? UnobservedSink.Instance : null), completion) { View = new RecordView(record, timestamp) };
        return channel.Append(ref offer, mayOpen);
    }

    public WaitingRecord NewWaiter(in Record record, Sink? sink, RecordCompletion? completion = null)
    {
        var offer = new RecordOffer(record, sink, completion) { View = new RecordView(record, timestamp: 1_000_000) };
        return new WaitingRecord(ref offer, Context.Time.GetTimestamp(), Flushes.Enter());
    }

    /// <summary>Appends, or stands in line; what admission does.</summary>
    /// <returns>Null when it was placed at once.</returns>
    public WaitingRecord? Offer(PartitionChannel channel, in Record record, Sink sink)
    {
        if (Append(channel, record, sink) == AppendResult.Placed)
        {
            return null;
        }

        Assert.True(sink.TryEnter());
        var waiter = NewWaiter(record, sink);
        Assert.True(channel.TryJoin(waiter, out _));
        return waiter;
    }

    /// <summary>The batch as it would go on the wire, read by an independent decoder.</summary>
    public static DecodedBatch Decode(ProducerBatch batch) => BatchDecoder.Read(Wire(batch));

    /// <summary>The bytes of a batch as they would go on the wire.</summary>
    public static byte[] Wire(ProducerBatch batch)
    {
        batch.Seal(transactional: false);
        var bytes = new List<byte>();
        for (var i = 0; i < batch.ChunkCount; i++)
        {
            bytes.AddRange(batch.ChunkBytes(i));
        }

        Assert.Equal(batch.WireBytes, bytes.Count);
        return [.. bytes];
    }

    /// <summary>The numbers of a batch's records, in order.</summary>
    public static int[] NumbersIn(ProducerBatch batch)
    {
        Assert.True(batch.TryMakePlain());
        return [.. Decode(batch).Records.Select(static record => BinaryPrimitives.ReadInt32LittleEndian(record.Value))];
    }

    /// <summary>Decides a batch as acknowledged, or failed.</summary>
    public static void Decide(ProducerBatch batch, long baseOffset = 0, ProduceError? error = null)
    {
        var channel = batch.Channel;
        channel.Decide(batch, new BatchOutcome(channel.Topic, channel.Partition, batch.BaseTimestamp, new OutcomeRange(0, error is null ? baseOffset : -1, error)));
    }

    /// <summary>Takes the oldest closed batch.</summary>
    public static ProducerBatch Take(PartitionChannel channel)
    {
        Assert.True(channel.Reader.TryRead(out var batch));
        return batch;
    }

    /// <summary>Takes and decides all closed batches.</summary>
    /// <returns>The numbers of their records.</returns>
    public static List<int> DrainClosed(PartitionChannel channel, long baseOffset = 0)
    {
        var numbers = new List<int>();
        while (channel.Reader.TryRead(out var batch))
        {
            numbers.AddRange(NumbersIn(batch));
            Decide(batch, baseOffset);
        }

        return numbers;
    }

    /// <summary>Lets time pass: at each deadline the timers fire, the work runs, and the owners look if they have a reason to.</summary>
    public void Advance(TimeSpan by)
    {
        var target = Time.GetTimestamp() + by.Ticks;
        while (true)
        {
            Pumped.RunUntilIdle();
            _owners.ForEach(static owner => owner.Step());
            var next = _owners.Select(static owner => owner.Timer).Append(Time.NextDeadline is { } timer ? Time.GetTimestamp() + (timer - Time.Elapsed).Ticks : long.MaxValue).Min();
            if (next > target)
            {
                break;
            }

            Time.Advance(TimeSpan.FromTicks(Math.Max(0, next - Time.GetTimestamp())));
        }

        Time.Advance(TimeSpan.FromTicks(target - Time.GetTimestamp()));
        _owners.ForEach(static owner => owner.Step());
        Pumped.RunUntilIdle();
    }

    public void Dispose() => Memory.Dispose();
}
