using System.Runtime.CompilerServices;
using Rx.Kafka.Batching;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Batching;

/// <summary>L13, L14 and BP1 to BP12: one ledger, which is whole after any sequence of calls and on any path.</summary>
public sealed class BufferPoolTests
{
    private const int Total = 200_000;
    private const int BatchSize = 8192;

    // Takers, waiters, movers and leavers in any order: the ledger is the sum of what is held, between 0 and the total, and so is each broker's; the cache of free chunks stays
    // inside the budget; and when nothing can run, nobody waits who may take (no wake-up is lost).
    [Fact]
    public void Every_byte_is_given_back_once_and_nobody_waits_in_vain() => Law.Check("L13 L14", Steps.Of(kinds: 7, most: 150, limit: 30_000), program =>
    {
        using var world = new PoolWorld(Total, BatchSize, brokers: 2, partitions: 5);
        foreach (var step in program)
        {
            var partition = world.Partitions[step.A % world.Partitions.Length];
            switch (step.Kind)
            {
                case 0:
                    partition.TryTake(step.B);
                    break;
                case 1:
                case 2:
                    partition.Wait(step.B);
                    break;
                case 3:
                    partition.Return(step.B);
                    break;
                case 4:
                    partition.Cancel();
                    break;
                case 5:
                    world.Move(partition, step.B % 2);
                    break;
                default:
                    world.Advance(TimeSpan.FromMilliseconds(step.B % 100));
                    break;
            }

            world.Drain();
            world.CheckLedger();
            world.CheckNobodyWaitsInVain();
        }

        world.End();
        Assert.Equal(0, world.Pool.Used);
        Assert.False(world.Pool.IsUnderPressure);
    });

    // BP1, BP2: a chunk of the usual size is used again, a record's own size is not kept.
    [Fact]
    public void Chunks_are_used_again()
    {
        using var world = new PoolWorld(Total, BatchSize, brokers: 1, partitions: 1);
        var account = world.Partitions[0].Account;
        var usual = world.Pool.TryTake(account, new MemoryRequest(100, 0))!;
        world.Pool.Return(account, [usual], 0);
        Assert.Same(usual, world.Pool.TryTake(account, new MemoryRequest(100, 0)));
        world.Pool.Return(account, [usual], 0);
        var own = world.Pool.TryTake(account, new MemoryRequest(10_001, 0))!;
        Assert.Equal(10_001, own.Length);
        world.Pool.Return(account, [own], 0);
        Assert.NotSame(own, world.Pool.TryTake(account, new MemoryRequest(10_001, 0)));
        Assert.Equal(10_001, world.Pool.Used);
    }

    // BP11: counted in 64 bits.
    [Fact]
    public void Twenty_gibibytes_are_counted_right()
    {
        const long Huge = 20L << 30;
        using var pool = new BufferPool(Huge, 65536, new VirtualTime());
        var broker = new BrokerMemory();
        var account = new MemoryAccount(static () => { });
        pool.AddBroker(broker);
        pool.AddChannel(account, broker);
        for (var i = 0; i < 5; i++)
        {
            Assert.True(pool.TryCharge(account, 2_000_000_000));
        }

        Assert.Equal(10_000_000_000, pool.Used);
        var chunk = pool.TryTake(account, new MemoryRequest(100, 0))!;
        Assert.Equal(10_000_065_536, pool.Used);

        // Half is gone to one partition: it gets no more.
        Assert.True(pool.TryCharge(account, 1_500_000_000));
        Assert.Null(pool.TryTake(account, new MemoryRequest(100, 0)));
        Assert.Null(pool.TryTake(account, new MemoryRequest(int.MaxValue - 10, int.MaxValue)));
        pool.Return(account, [chunk], 2_000_000_000);
        Assert.Equal(9_500_000_000, pool.Used);
    }
}

/// <summary>A pool with partitions that take and wait, drained by hand.</summary>
internal sealed class PoolWorld : IDisposable
{
    private readonly Queue<PoolPartition> _queued = new();
    private readonly BrokerMemory[] _brokers;

    public PoolWorld(long total, int batchSize, int brokers, int partitions)
    {
        Pool = new BufferPool(total, batchSize, Time) { Pressure = () => PressureCalls++ };
        _brokers = [.. Enumerable.Range(0, brokers).Select(_ => new BrokerMemory())];
        Array.ForEach(_brokers, Pool.AddBroker);
        Partitions = [.. Enumerable.Range(0, partitions).Select(i => new PoolPartition(this, _brokers[i % brokers]))];
    }

    public VirtualTime Time { get; } = new();

    public BufferPool Pool { get; }

    public int PressureCalls { get; private set; }

    public PoolPartition[] Partitions { get; }

    public void Queue(PoolPartition partition) => _queued.Enqueue(partition);

    public void Move(PoolPartition partition, int broker) => Pool.MoveChannel(partition.Account, _brokers[broker]);

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
        var reserved = Partitions.Sum(static p => p.Account.Reserved is { } r ? r.Chunk.Length + (long)r.Overhead : 0);
        Assert.Equal(Partitions.Sum(static p => p.Held) + reserved, Pool.Used);
        Assert.InRange(Pool.Used, 0, Pool.Total);
        Assert.All(_brokers, broker => Assert.Equal(Partitions.Where(p => p.Account.Broker == broker).Sum(static p => p.Account.Bytes), broker.Bytes));
        Assert.InRange(Cached(Pool), 0, Pool.Total - Pool.Used);
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

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_cached")]
    private static extern ref long Cached(BufferPool pool);
}

/// <summary>One partition: its line of requests and the chunks it holds.</summary>
internal sealed class PoolPartition
{
    private readonly PoolWorld _world;
    private readonly List<MemoryRequest> _line = [];
    private readonly List<(byte[] Chunk, int Overhead)> _held = [];

    public PoolPartition(PoolWorld world, BrokerMemory broker)
    {
        _world = world;
        Account = new MemoryAccount(() => world.Queue(this));
        world.Pool.AddChannel(Account, broker);
    }

    public MemoryAccount Account { get; }

    public long Held => _held.Sum(static h => h.Chunk.Length + (long)h.Overhead);

    public bool Waits => _line.Count > 0;

    public MemoryRequest Wanted => _line[0];

    /// <summary>How many requests were met out of the line.</summary>
    public int Met { get; private set; }

    public bool TryTake(int bytes)
    {
        var request = Request(bytes);
        return _line.Count == 0 && Keep(_world.Pool.TryTake(Account, request), request);
    }

    public void Wait(int bytes)
    {
        _line.Add(Request(bytes));
        _world.Queue(this);
    }

    /// <summary>The head of the line leaves.</summary>
    public void Cancel()
    {
        if (_line.Count > 0)
        {
            _line.RemoveAt(0);
        }

        _world.Queue(this);
    }

    public void Return(int index)
    {
        if (_held.Count > 0)
        {
            var (chunk, overhead) = _held[index % _held.Count];
            _held.RemoveAt(index % _held.Count);
            _world.Pool.Return(Account, [chunk], overhead);
        }
    }

    public bool TakesNow()
    {
        if (_world.Pool.TryTake(Account, Wanted) is not { } chunk)
        {
            return false;
        }

        _world.Pool.Return(Account, [chunk], Wanted.Overhead);
        return true;
    }

    /// <summary>As the channel's drainer does it.</summary>
    public void Drain()
    {
        while (_line.Count > 0)
        {
            if (!Keep(_world.Pool.TakeOrWait(Account, _line[0]), _line[0]))
            {
                return;
            }

            Met++;
            _line.RemoveAt(0);
        }

        _world.Pool.Leave(Account);
    }

    public void End()
    {
        _line.Clear();
        Drain();
        while (_held.Count > 0)
        {
            Return(0);
        }
    }

    private static MemoryRequest Request(int bytes) => new(1 + bytes, 100 + (bytes % 400));

    private bool Keep(byte[]? chunk, MemoryRequest request)
    {
        if (chunk is not null)
        {
            Assert.True(chunk.Length >= request.Minimum);
            _held.Add((chunk, request.Overhead));
        }

        return chunk is not null;
    }
}
