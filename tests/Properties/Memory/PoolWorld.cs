using Rx.Kafka.Batching;
using Rx.Kafka.Memory;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Memory;

/// <summary>A pool with partitions that take and wait, drained by hand.</summary>
internal sealed class PoolWorld : IDisposable
{
    private readonly Queue<PoolPartition> _queued = new();
    private readonly BrokerMemory[] _brokers;

    public PoolWorld(long total, int batchSize, int brokers, int partitions)
    {
        Pool = new BufferPool(total, batchSize, ProducerBatch.Overheads, Time) { Pressure = () => PressureCalls++ };
        _brokers = [.. Enumerable.Range(0, brokers).Select(_ => new BrokerMemory())];
        Array.ForEach(_brokers, Pool.AddBroker);
        Partitions = [.. Enumerable.Range(0, partitions).Select(i => new PoolPartition(this, _brokers[i % brokers]))];
    }

    public VirtualTime Time { get; } = new();

    public BufferPool Pool { get; }

    public int PressureCalls { get; private set; }

    public PoolPartition[] Partitions { get; }

    public void Queue(PoolPartition partition) => _queued.Enqueue(partition);

    public void Move(PoolPartition partition, int broker) => Pool.MoveChannel(partition.Memory, _brokers[broker]);

    public void Drain()
    {
        while (_queued.TryDequeue(out var partition))
        {
            partition.Drain();
        }
    }

    public void Advance(TimeSpan by)
    {
        Time.Advance(by);
        Drain();
    }

    public void CheckLedger()
    {
        var reserved = Partitions.Sum(static p => p.Memory.Reserved is { } r ? r.Chunk.Length + (long)r.Overhead : 0);
        Assert.Equal(Partitions.Sum(static p => p.Held) + reserved, Pool.Used);
        Assert.InRange(Pool.Used, 0, Pool.Total);
        var held = Partitions.ToLookup(static p => p.Memory.Broker, static p => p.Memory.Bytes);
        Assert.All(_brokers, broker => Assert.Equal(held[broker].Sum(), broker.Bytes));
        Assert.InRange(Pool.Cached, 0, Pool.Total - Pool.Used);
    }

    /// <summary>At rest, with no turn running: a partition that waits would not get what it waits for.</summary>
    public void CheckNobodyWaitsInVain()
    {
        foreach (var partition in Partitions.Where(static p => p.Waits))
        {
            Assert.False(partition.TakesNow(), $"waits for {partition.Wanted}, but could have it");
        }
    }

    public void End()
    {
        foreach (var partition in Partitions)
        {
            partition.End();
        }

        Drain();
    }

    public void Dispose() => Pool.Dispose();
}
