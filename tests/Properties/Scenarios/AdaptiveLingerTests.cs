namespace Rx.Kafka.Properties.Scenarios;

/// <summary>L10: linger is waited for only while it gathers (design R87-R89).</summary>
public sealed class AdaptiveLingerTests
{
    private const int Linger = 50;
    private const int RoundTrip = 2;

    private static readonly Setup Waiting = new() { LingerMs = Linger, LatencyMs = RoundTrip / 2, Partitions = 4 };

    [Fact]
    [Law("L10")]
    public void Sends_that_are_awaited_one_after_the_other_take_no_linger_after_the_third() => Run(async world =>
    {
        using var cancel = new CancellationTokenSource();
        for (var i = 0; i < 20; i++)
        {
            // Whatever way it is awaited, whichever partition of the broker.
            var token = i % 3 == 0 ? cancel.Token : CancellationToken.None;
            Assert.Equal(i < 3 ? Linger + RoundTrip : RoundTrip, await TimeOf(world, async () => await world.Producer.SendAsync(ToPartition(i % 4), token)));
        }
    });

    [Theory]
    [Law("L10")]
    [InlineData((int)StepKind.Enqueue)]
    [InlineData((int)StepKind.OnNext)]
    public void What_is_not_awaited_lingers_and_so_does_everything_if_that_is_wished(int way) => Run(async world =>
    {
        await BecomeLone(world);
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(Linger + RoundTrip, (await world.SendAsync(ToPartition(0), (StepKind)way)).Milliseconds);
        }
    });

    [Fact]
    [Law("L10")]
    public void Everything_lingers_if_that_is_wished() => Run(
        async world =>
        {
            for (var i = 0; i < 6; i++)
            {
                Assert.Equal(Linger + RoundTrip, await SendOne(world, 0));
            }
        },
        adapts: false);

    // One goes alone at most; as soon as they overlap they wait for each other, at whatever partitions.
    [Theory]
    [Law("L10")]
    [InlineData(1)]
    [InlineData(4)]
    public void Callers_beside_each_other_gather_their_records(int partitions) => Run(async world =>
    {
        await BecomeLone(world);
        var before = world.Kafka.Counters.Batches;
        var times = await Task.WhenAll(Enumerable.Range(0, 40).Select(caller => SendTen(caller % partitions)));
        Assert.Single(times.SelectMany(static own => own), static took => took == RoundTrip);
        Assert.All(times.SelectMany(static own => own), static took => Assert.InRange(took, RoundTrip, Linger + RoundTrip));
        Assert.InRange(world.Kafka.Counters.Batches - before, 10 * partitions, (11 * partitions) + 2);

        async Task<List<double>> SendTen(int partition)
        {
            var own = new List<double>();
            for (var i = 0; i < 10; i++)
            {
                own.Add(await SendOne(world, partition));
            }

            return own;
        }
    });

    // A source that does not wait for its outcomes overlaps with itself, even if each record alone would be through before the next.
    [Theory]
    [Law("L10")]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(3, 2)]
    public void A_source_that_does_not_wait_gathers_its_records(int gap, int jitter) => Run(async world =>
    {
        await BecomeLone(world);
        var random = new Random(1);
        var before = world.Kafka.Counters.Batches;
        var sends = new List<Task>();
        for (var i = 0; i < 500; i++)
        {
            sends.Add(world.SendAsync(ToPartition(0), StepKind.Send));
            await world.Delay(gap + random.Next(-jitter, jitter + 1));
        }

        await Task.WhenAll(sends);
        var batches = world.Kafka.Counters.Batches - before;
        if (gap > RoundTrip && jitter == 0)
        {
            // None ever overlaps: nobody can tell it from a caller that waits.
            Assert.Equal(500, batches);
        }
        else
        {
            Assert.InRange(batches, 1, (500 * gap / Linger) + 12);
        }
    });

    private static Record ToPartition(int partition) => new("t", "v") { Partition = partition };

    private static async Task<double> TimeOf(ProducerWorld world, Func<Task> send)
    {
        var started = world.Now;
        await send();
        return (world.Now - started).TotalMilliseconds;
    }

    private static async Task<double> SendOne(ProducerWorld world, int partition) => (await world.SendAsync(ToPartition(partition), StepKind.Send)).Milliseconds;

    private static async Task BecomeLone(ProducerWorld world)
    {
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(i < 3 ? Linger + RoundTrip : RoundTrip, await SendOne(world, 0));
        }
    }

    private static void Run(Func<ProducerWorld, Task> body, bool adapts = true) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", 4);
            await world.Producer.EnqueueAsync(ToPartition(0));
            await world.Producer.FlushAsync();
            await body(world);
        },
        Waiting,
        configure: options => options.AdaptiveLinger = adapts);
}
