using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>When a broker's connection is made again, and how long it is held back (design 4.11). Carries N8, N10, N13, N19 and N21 as they apply to the connections for Produce.</summary>
public class ReconnectTests
{
    private static readonly Setup EachRecordAlone = new() { BatchSize = 0 };

    // N13, N21: 50 ms, doubled, never above the maximum; only a handshake that is through makes it small again, a connect that is taken and dropped does not.
    [Theory]
    [Law("L44")]
    [InlineData(true)]
    [InlineData(false)]
    public void The_pause_before_a_reconnect_grows_until_a_handshake_is_through(bool refused) => Run(async (world, network) =>
    {
        for (var outage = 0; outage < 2; outage++)
        {
            Close(world, refused);
            network.Dials.Clear();
            var cut = world.Now.TotalMilliseconds;
            var sending = world.SendEach(0, "v")[0];
            await world.Delay(10_000);
            var tries = network.Dials.ConvertAll(static dial => dial.At);
            var expected = 50.0;
            foreach (var gap in tries.Prepend(cut).Zip(tries, static (a, b) => b - a))
            {
                Assert.InRange(gap, expected * 0.8, Math.Min(expected * 1.2, 1000));
                expected = Math.Min(expected * 2, 1000);
            }

            Assert.InRange(tries.Count, 13, 17);
            Open(world);
            Assert.Null((await sending).Error);
            Assert.InRange((await sending).Milliseconds, 10_000, 11_000);
        }
    });

    // N8, N21: it grows from one attempt to the next, and never above its maximum.
    [Fact]
    public void A_connect_that_never_ends_is_given_up_after_a_growing_setup_timeout() => Run(
        async (world, network) =>
        {
            world.Simulation.Network.OnConnect("broker-1", 9092, ConnectBehaviour.Hang);
            CutProduceConnection(world);
            network.Dials.Clear();
            var sending = world.SendEach(0, "v")[0];
            await world.Delay(30_000);
            var tries = network.Dials.ConvertAll(static dial => dial.At);
            var gaps = tries.Zip(tries.Skip(1), static (a, b) => b - a).ToList();
            var (timeout, pause) = (1000.0, 100.0); // the first one, of 50 ms, came behind the cut
            foreach (var gap in gaps)
            {
                Assert.InRange(gap, (timeout * 0.8) + (pause * 0.8), Math.Min(timeout * 1.2, 4000) + Math.Min(pause * 1.2, 1000));
                (timeout, pause) = (Math.Min(timeout * 2, 4000), Math.Min(pause * 2, 1000));
            }

            Assert.InRange(gaps.Count, 5, 10);
            Open(world);
            Assert.Null((await sending).Error);
        },
        configure: static options => (options.ConnectionSetupTimeout, options.ConnectionSetupTimeoutMax) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)));

    // N19: one broker that does not come up holds up nobody else.
    [Fact]
    public void A_broker_that_cannot_be_reached_disturbs_no_other() => Run(
        async (world, _) =>
        {
            world.Simulation.Network.OnConnect("broker-1", 9092, ConnectBehaviour.Hang);
            CutProduceConnection(world);
            var stuck = world.SendEach(0, "stuck")[0];
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal(0, (await world.SendEach(1, "v")[0]).Milliseconds);
                await world.Delay(500);
            }

            Assert.False(stuck.IsCompleted);
            Open(world);
            Assert.Null((await stuck).Error);
        },
        EachRecordAlone with { Brokers = 2 });

    // N10: before version 6 the broker has waited itself before it answered.
    [Theory]
    [Law("L44")]
    [InlineData(5, false)]
    [InlineData(6, true)]
    [InlineData(12, true)]
    public void A_throttle_time_holds_back_from_version_6_on(short produceVersion, bool holds) => Run(
        async (world, _) =>
        {
            world.Kafka.Faults.On(ApiKey.Produce).Throttle(TimeSpan.FromSeconds(1)).Times(1);
            await world.Succeed("throttled");
            var before = ToBroker(world);
            var sending = world.SendEach(0, "v")[0];
            await world.Delay(999);
            Assert.Equal(holds, ToBroker(world) == before);
            Assert.Null((await sending).Error);
        },
        EachRecordAlone with { ProduceVersion = produceVersion });

    // N10: what is in flight behind a throttled answer is given that time too: the broker reads nothing meanwhile.
    [Fact]
    public void A_throttle_time_counts_for_no_request_timeout() => Run(async (world, _) =>
    {
        var connections = world.Simulation.Network.ConnectionsOpened;
        world.Kafka.Faults.On(ApiKey.Produce).Throttle(TimeSpan.FromSeconds(12)).Times(1);
        var outcomes = await Task.WhenAll(world.SendEach(0, "throttled", "behind"));
        Assert.Equal([0d, 12_000d], outcomes.Select(static outcome => outcome.Milliseconds));
        Assert.All(outcomes, static outcome => Assert.Null(outcome.Error));
        Assert.Equal(connections, world.Simulation.Network.ConnectionsOpened);
        Assert.Equal(3, world.Kafka.Counters.Requests(ApiKey.Produce));
    });

    private static void Close(ProducerWorld world, bool refused)
    {
        if (refused)
        {
            world.Simulation.Network.OnConnect("broker-1", 9092, ConnectBehaviour.Refuse);
        }
        else
        {
            world.Kafka.Faults.On(ApiKey.ApiVersions).CutConnection(afterAppend: false);
        }

        CutProduceConnection(world);
    }

    private static void Open(ProducerWorld world)
    {
        world.Simulation.Network.OnConnect("broker-1", 9092, ConnectBehaviour.Accept);
        world.Kafka.Faults.Clear();
    }

    /// <summary>The control connection, the first one, stays.</summary>
    private static void CutProduceConnection(ProducerWorld world)
    {
        foreach (var connection in world.Simulation.Network.Connections.Skip(1).Where(static c => c.Address == "broker-1:9092"))
        {
            connection.Cut();
        }
    }

    private static long ToBroker(ProducerWorld world) => world.Simulation.Network.Connections.Max(static connection => connection.BytesToServer);

    private static void Run(Func<ProducerWorld, AlteredNetwork, Task> body, Setup? setup = null, Action<KafkaProducerOptions>? configure = null)
    {
        setup ??= EachRecordAlone;
        var network = new AlteredNetwork();
        var brokers = new EmbeddedKafkaOptions();
        brokers.Apis[ApiKey.Produce] = new ApiRange(3, setup.ProduceVersion);
        network.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t", setup.Brokers);
                await world.Producer.GetPartitionsAsync("t");
                await world.Succeed("first");
                await body(world, network);
            },
            setup,
            brokers,
            configure);
    }
}
