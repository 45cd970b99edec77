using FsCheck.Fluent;
using Rx.Kafka.Batching;
using Rx.Kafka.Memory;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Memory;

/// <summary>L15, design 4.2: who may take memory, compared with a model; and what dead partitions leave to live ones.</summary>
public sealed class BufferPoolThresholdTests
{
    private const int Total = 1 << 20;
    private const int BatchSize = 16384;

    [Fact]
    public void The_pool_decides_as_the_design_says() => Law.Check("thresholds", Steps.Of(kinds: 6, most: 120, limit: 40_000), program =>
    {
        using var pool = new BufferPool(Total, BatchSize, ProducerBatch.Overheads, new VirtualTime());
        var model = new PoolModel(Total, BatchSize, ProducerBatch.MaximumOverhead);
        var brokers = Enumerable.Range(0, 3).Select(_ => new BrokerMemory()).ToArray();
        var partitions = new List<MemoryAccount>();
        var held = new List<(int Partition, byte[]? Chunk, int Overhead)>();
        Array.ForEach(brokers, pool.AddBroker);
        AddPartition(0);
        foreach (var step in program)
        {
            var partition = step.A % partitions.Count;
            switch (step.Kind)
            {
                case 0 when partitions.Count < 12:
                    AddPartition(step.A % brokers.Length);
                    break;
                case 1:
                    Return(step.A);
                    break;
                case 2:
                    var bytes = step.B;
                    Assert.Equal(bytes <= model.Free, pool.TryCharge(partitions[partition], bytes));
                    Hold(partition, null, bytes <= model.Free ? bytes : 0);
                    break;
                case 3 when step.B % 5 == 0:
                    pool.MoveChannel(partitions[partition], brokers[step.B % brokers.Length]);
                    model.Partitions[partition] = (step.B % brokers.Length, model.Partitions[partition].Bytes);
                    break;
                default:
                    var request = new MemoryRequest(step.Kind == 5 ? step.B * 8 : step.B % 20_000, Overhead: step.B % 3000);
                    var takes = model.Takes(partition, request.Minimum, request.Overhead, out var size);
                    var chunk = pool.TryTake(partitions[partition], request);
                    Assert.Equal(takes ? size : -1, chunk?.Length ?? -1);
                    Hold(partition, chunk, chunk is null ? 0 : request.Overhead);
                    break;
            }

            Assert.Equal(Total - model.Free, pool.Used);
        }

        while (held.Count > 0)
        {
            Return(0);
        }

        Assert.Equal(0, pool.Used);

        void AddPartition(int broker)
        {
            partitions.Add(new MemoryAccount(static () => { }));
            pool.AddChannel(partitions[^1], brokers[broker]);
            model.Partitions.Add((broker, 0));
        }

        void Hold(int partition, byte[]? chunk, int overhead)
        {
            held.Add((partition, chunk, overhead));
            Count(partition, (chunk?.Length ?? 0) + overhead);
        }

        void Return(int index)
        {
            if (held.Count == 0)
            {
                return;
            }

            var (partition, chunk, overhead) = held[index % held.Count];
            held.RemoveAt(index % held.Count);
            pool.Return(partitions[partition], chunk is null ? [] : [chunk], overhead);
            Count(partition, -(chunk?.Length ?? 0) - overhead);
        }

        void Count(int partition, long bytes)
        {
            var (broker, held) = model.Partitions[partition];
            model.Partitions[partition] = (broker, held + bytes);
        }
    });

    // L15: whatever part of the partitions is dead and however greedy, a live partition that holds nothing gets a chunk, unless its whole
    // broker holds 9/10.
    [Theory]
    [Law("L15")]
    [InlineData(6, 1, 3)]
    [InlineData(60, 10, 3)]
    [InlineData(1000, 300, 3)]
    [InlineData(1, 0, 1)]
    [InlineData(10_000, 5000, 3)]
    public void A_live_partition_gets_memory_beside_dead_ones_that_are_full(int count, int dead, int brokerCount)
    {
        using var pool = new BufferPool(32 << 20, BatchSize, ProducerBatch.Overheads, new VirtualTime());
        var brokers = Enumerable.Range(0, brokerCount).Select(_ => new BrokerMemory()).ToArray();
        Array.ForEach(brokers, pool.AddBroker);
        var partitions = Enumerable.Range(0, count).Select(i =>
        {
            var partition = new MemoryAccount(static () => { });
            pool.AddChannel(partition, brokers[i % brokers.Length]);
            return partition;
        }).ToArray();

        FillTogether(pool, partitions[..dead]);

        foreach (var live in partitions[dead..])
        {
            var chunk = pool.TryTake(live, new MemoryRequest(200, ProducerBatch.BaseOverhead));
            Assert.NotNull(chunk);
            pool.Return(live, [chunk], ProducerBatch.BaseOverhead);
        }
    }

    // Choudhury and Hahne: n dead partitions that fill together leave 1/(n + 1) of the memory, a dead broker a fifth; one after another
    // they leave less (a dead broker a tenth).
    [Fact]
    [Law("L15")]
    public void What_the_dead_leave_is_as_designed() => Law.Check("1/(n+1)", Gen.Choose(1, 12).ToArbitrary(), dead =>
    {
        using var pool = new BufferPool(32 << 20, BatchSize, ProducerBatch.Overheads, new VirtualTime());
        var brokers = Enumerable.Range(0, 100).Select(_ => new BrokerMemory()).ToArray();
        Array.ForEach(brokers, pool.AddBroker);
        var partitions = brokers.Select(broker =>
        {
            var partition = new MemoryAccount(static () => { });
            pool.AddChannel(partition, broker);
            return partition;
        }).ToArray();

        FillTogether(pool, partitions[..dead]);

        Assert.InRange(pool.Total - pool.Used, pool.Total / (dead + 1.0) * 0.9, pool.Total / (dead + 1.0) * 1.1);
    }, maxTest: 12);

    [Theory]
    [Law("L15")]
    [InlineData(true, 0.18, 0.22)]
    [InlineData(false, 0.09, 0.22)]
    public void What_a_dead_broker_leaves_is_as_designed(bool together, double least, double most)
    {
        using var pool = new BufferPool(32 << 20, BatchSize, ProducerBatch.Overheads, new VirtualTime());
        var broker = new BrokerMemory();
        pool.AddBroker(broker);
        var partitions = Enumerable.Range(0, 300).Select(_ =>
        {
            var partition = new MemoryAccount(static () => { });
            pool.AddChannel(partition, broker);
            return partition;
        }).ToArray();

        if (together)
        {
            FillTogether(pool, partitions);
        }
        else
        {
            Array.ForEach(partitions, partition => FillTogether(pool, [partition]));
        }

        Assert.InRange((pool.Total - pool.Used) / (double)pool.Total, least, most);
    }

    private static void FillTogether(BufferPool pool, MemoryAccount[] partitions)
    {
        for (var taken = true; taken;)
        {
            taken = false;
            foreach (var partition in partitions)
            {
                taken |= pool.TryTake(partition, new MemoryRequest(200, ProducerBatch.BaseOverhead)) is not null;
            }
        }
    }
}
