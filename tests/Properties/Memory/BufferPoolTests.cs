using FsCheck;
using Rx.Kafka.Batching;
using Rx.Kafka.Memory;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Memory;

/// <summary>L13, L14 and BP1 to BP12: one ledger, which is whole after any sequence of calls and on any path.</summary>
public sealed class BufferPoolTests
{
    private const int Total = 200_000;
    private const int BatchSize = 8192;

    private static Arbitrary<Step[]> Programs => Steps.Of(kinds: 7, most: 150, limit: 30_000);

    // Takers, waiters, movers and leavers in any order: the ledger is the sum of what is held, between 0 and the total, and so is each
    // broker's; the cache of free chunks stays inside the budget; and when nothing can run, nobody waits who may take (no wake-up is lost).
    [Fact]
    [Law("L13", "L14")]
    public void Every_byte_is_given_back_once_and_nobody_waits_in_vain() => Law.Check("L13 L14", Programs, program =>
    {
        using var world = new PoolWorld(Total, BatchSize, brokers: 2, partitions: 5);
        foreach (var step in program)
        {
            var wasPressed = world.Pool.IsUnderPressure;
            var pressureCalls = world.PressureCalls;
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
            var isPressed = world.Pool.IsUnderPressure && !wasPressed;
            Assert.True(!isPressed || world.PressureCalls > pressureCalls, "all open batches became due, and no loop was told");
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
        var partition = world.Partitions[0].Memory;
        var usual = world.Pool.TryTake(partition, new MemoryRequest(100, 0))!;
        world.Pool.Return(partition, [usual], 0);
        Assert.Same(usual, world.Pool.TryTake(partition, new MemoryRequest(100, 0)));
        world.Pool.Return(partition, [usual], 0);
        var own = world.Pool.TryTake(partition, new MemoryRequest(10_001, 0))!;
        Assert.Equal(10_001, own.Length);
        world.Pool.Return(partition, [own], 0);
        Assert.NotSame(own, world.Pool.TryTake(partition, new MemoryRequest(10_001, 0)));
        Assert.Equal(10_001, world.Pool.Used);
    }

    // BP11: counted in 64 bits.
    [Fact]
    public void Twenty_gibibytes_are_counted_right()
    {
        const long Huge = 20L << 30;
        using var pool = new BufferPool(Huge, 65536, ProducerBatch.Overheads, new VirtualTime());
        var broker = new BrokerMemory();
        var partition = new MemoryAccount(static () => { });
        pool.AddBroker(broker);
        pool.AddChannel(partition, broker);
        for (var i = 0; i < 5; i++)
        {
            Assert.True(pool.TryCharge(partition, 2_000_000_000));
        }

        Assert.Equal(10_000_000_000, pool.Used);
        var chunk = pool.TryTake(partition, new MemoryRequest(100, 0))!;
        Assert.Equal(10_000_065_536, pool.Used);

        // Half is gone to one partition: it gets no more.
        Assert.True(pool.TryCharge(partition, 1_500_000_000));
        Assert.Null(pool.TryTake(partition, new MemoryRequest(100, 0)));
        Assert.Null(pool.TryTake(partition, new MemoryRequest(int.MaxValue - 10, int.MaxValue)));
        pool.Return(partition, [chunk], 2_000_000_000);
        Assert.Equal(9_500_000_000, pool.Used);
    }
}
