using FsCheck.Fluent;
using Rx.Kafka.Memory;

namespace Rx.Kafka.Properties.Memory;

/// <summary>Design 4.3: who is served when memory comes back, and how a large record gets its place beside small traffic.</summary>
public sealed class BufferPoolServingTests
{
    private const int BatchSize = 16384;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    // Least own bytes first, then longest waiting.
    [Fact]
    public void Waiting_partitions_are_served_in_order() => Law.Check(
        "order",
        Gen.Choose(0, 3).ArrayOf(6).ToArbitrary(),
        held =>
        {
            using var world = new PoolWorld(1 << 20, BatchSize, brokers: 1, partitions: held.Length + 1);
            var filler = world.Partitions[^1];
            var served = new List<int>();
            var waiting = world.Partitions[..^1];
            for (var i = 0; i < waiting.Length; i++)
            {
                for (var n = 0; n < held[i]; n++)
                {
                    Assert.True(waiting[i].TryTake(2000));
                }
            }

            Assert.True(world.Pool.TryCharge(filler.Memory, (int)(world.Pool.Total - world.Pool.Used)));
            Array.ForEach(waiting, partition => partition.Wait(2000));
            world.Drain();
            while (waiting.Any(static p => p.Waits))
            {
                // Enough for one at a time.
                world.Pool.Return(filler.Memory, [], 4096);
                var before = waiting.Select(static p => p.Met).ToArray();
                world.Drain();
                served.AddRange(Enumerable.Range(0, waiting.Length).Where(i => waiting[i].Met > before[i]));
            }

            Assert.Equal(Enumerable.Range(0, held.Length).OrderBy(i => held[i]).ThenBy(static i => i), served);
        });

    // A record of many chunks collects while the others wait for it; it has its place within a few turns, however hard the others press.
    [Fact]
    public void A_large_record_gets_its_place_beside_small_traffic() => Law.Seeds("collecting", seed =>
    {
        using var world = new PoolWorld(1 << 20, BatchSize, brokers: 3, partitions: 12);
        var traffic = new Traffic(world, world.Partitions[1..], new Random(seed));
        traffic.Run(milliseconds: 50);
        var large = world.Partitions[0];
        large.Wait(400_000);
        world.Drain();
        var taken = traffic.Run(milliseconds: 200, until: () => large.Met == 1);
        Assert.True(taken < 200, "no place within 200 ms");

        // And the others go on.
        large.Return(0);
        var met = traffic.Taken;
        traffic.Run(milliseconds: 100);
        Assert.True(traffic.Taken > met);
    }, maxTest: 20);

    // One that can never have its place, because a dead partition holds the memory, costs the others a fortieth of the time, and never a
    // second at a stretch; it is itself as badly off as before.
    [Fact]
    public void A_record_that_can_never_fit_bars_nobody_for_long() => Law.Seeds("turns", seed =>
    {
        using var world = new PoolWorld(1 << 20, BatchSize, brokers: 3, partitions: 6);
        var dead = world.Partitions[5];
        Assert.True(world.Pool.TryCharge(dead.Memory, 500_000));
        var traffic = new Traffic(world, world.Partitions[1..5], new Random(seed));
        world.Partitions[0].Wait(600_000);
        world.Drain();
        traffic.Run(milliseconds: 20_000);
        Assert.InRange(traffic.Barred, 0, 20_000 / 20);
        Assert.InRange(traffic.LongestBarred, 0, 1000);

        // The next one starts with a short turn again.
        world.Partitions[0].Cancel();
        world.Drain();
        world.Advance(TimeSpan.FromMinutes(1));
        traffic.Run(milliseconds: 100);
        traffic.LongestBarred = 0;
        world.Partitions[0].Wait(600_000);
        world.Drain();
        traffic.Run(milliseconds: 1000);
        Assert.InRange(traffic.LongestBarred, 40, 60);
    }, maxTest: 2);

    // While one collects, records without key may not take. They wait for a call, which must come when the turn ends, even if no memory
    // does.
    [Fact]
    public void Records_without_key_are_told_when_a_turn_ends()
    {
        using var world = new PoolWorld(1 << 20, BatchSize, brokers: 1, partitions: 2);
        Assert.True(world.Pool.TryCharge(world.Partitions[1].Memory, 500_000));
        world.Partitions[0].Wait(600_000);
        world.Drain();
        var calls = 0;
        world.Pool.CallWhenFreed(() => calls++);
        Assert.Null(world.Pool.TryTake(world.Partitions[1].Memory, new MemoryRequest(100, 0)));

        world.Advance(TimeSpan.FromMilliseconds(50));

        Assert.Equal(1, calls);
        Assert.NotNull(world.Pool.TryTake(world.Partitions[1].Memory, new MemoryRequest(100, 0)));
    }

    // Without key it found no room only because somebody stood in line there.
    [Fact]
    public void Records_without_key_are_told_when_a_line_empties()
    {
        using var world = new PoolWorld(1 << 20, BatchSize, brokers: 1, partitions: 2);
        Assert.True(world.Pool.TryCharge(world.Partitions[1].Memory, 500_000));
        world.Partitions[0].Wait(600_000);
        world.Drain();
        world.Advance(TimeSpan.FromMilliseconds(60)); // its turn is over
        var calls = 0;
        world.Pool.CallWhenFreed(() => calls++);

        world.Partitions[0].Cancel();
        world.Drain();

        Assert.Equal(1, calls);
    }

    // Memory that was set aside for a record that has left goes to whoever waits, at once and not at the next return.
    [Fact]
    public void What_was_set_aside_for_a_record_that_left_goes_to_others()
    {
        using var world = new PoolWorld(1 << 20, BatchSize, brokers: 2, partitions: 3);
        var (first, second, filler) = (world.Partitions[0], world.Partitions[1], world.Partitions[2]);
        Assert.True(world.Pool.TryCharge(filler.Memory, 900_000));
        first.Wait(300_000);
        world.Drain();
        second.Wait(10_000);
        world.Drain();
        world.Pool.Return(filler.Memory, [], 155_000);
        Assert.NotNull(first.Memory.Reserved);
        Assert.Equal(0, second.Met);

        // Before its drainer runs, the record leaves and a larger one stands behind it.
        first.Cancel();
        first.Wait(500_000);
        world.Drain();
        Assert.Equal(1, second.Met);
    }

    /// <summary>Small batches flat out: taken as fast as memory allows, each given back after 1 to 10 ms.</summary>
    private sealed class Traffic(PoolWorld world, PoolPartition[] partitions, Random random)
    {
        private readonly PriorityQueue<PoolPartition, long> _due = new();
        private readonly int[] _met = new int[partitions.Length];
        private long _now;
        private long _barred;

        public long Taken { get; private set; }

        /// <summary>Milliseconds in which nobody got anything though there was something to have.</summary>
        public long Barred { get; private set; }

        public long LongestBarred { get; set; }

        public int Run(int milliseconds, Func<bool>? until = null)
        {
            for (var i = 0; i < milliseconds; i++)
            {
                if (until?.Invoke() is true)
                {
                    return i;
                }

                Step();
            }

            return milliseconds;
        }

        private void Step()
        {
            while (_due.TryPeek(out var partition, out var at) && at <= _now)
            {
                _due.Dequeue();
                partition.Return(0);
            }

            world.Advance(Tick);
            var taken = Take();
            Taken += taken;
            var barred = taken == 0 && world.Pool.Total - world.Pool.Used > 100_000;
            _barred = barred ? _barred + 1 : 0;
            Barred += barred ? 1 : 0;
            LongestBarred = Math.Max(LongestBarred, _barred);
            _now++;
        }

        private int Take()
        {
            var taken = 0;
            for (var i = 0; i < partitions.Length; i++)
            {
                var partition = partitions[i];
                while (partition.TryTake(10_000))
                {
                    Due(partition);
                    taken++;
                }

                if (!partition.Waits)
                {
                    partition.Wait(10_000);
                }

                world.Drain();
                for (; _met[i] < partition.Met; _met[i]++)
                {
                    Due(partition);
                    taken++;
                }
            }

            return taken;
        }

        private void Due(PoolPartition partition) => _due.Enqueue(partition, _now + random.Next(1, 11));
    }
}
