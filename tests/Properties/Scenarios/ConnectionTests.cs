using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>L43, L44, V8 and design 4.11 at the level of the whole producer: how much is under way, when it gives up, and where it goes next.</summary>
public class ConnectionTests
{
    private static readonly Setup EachRecordAlone = new() { BatchSize = 0, RequestTimeoutMs = 10_000 };

    // L43
    [Theory]
    [Law("L43")]
    [InlineData(1, true)]
    [InlineData(3, true)]
    [InlineData(5, true)]
    [InlineData(1, false)]
    [InlineData(8, false)]
    public void No_more_requests_are_in_flight_than_allowed(int limit, bool idempotent) => Run(
        async world =>
        {
            var bytes = await BytesOfOneRequest(world);
            world.Kafka.Faults.On(ApiKey.Produce).Delay(TimeSpan.FromSeconds(1)).Times(1);
            var before = ToBroker(world, 1);
            var sending = Send(world, 20, partitions: 1);
            await world.Delay(500);
            Assert.Equal(limit, (ToBroker(world, 1) - before) / (double)bytes);
            await Task.WhenAll(sending);
        },
        EachRecordAlone with { InFlight = limit, Idempotent = idempotent });

    // Before a broker has answered, it takes any number: one batch of each partition, however many are allowed.
    [Fact]
    public void The_first_batch_of_a_partition_travels_alone() => Run(
        async world =>
        {
            world.Kafka.Faults.On(ApiKey.Produce).Delay(TimeSpan.FromSeconds(1)).Times(1);
            var sending = Send(world, 9, partitions: 3);
            await world.Delay(500);
            Assert.Equal(1, world.Kafka.Counters.Requests(ApiKey.Produce));
            await Task.WhenAll(sending);
            Assert.Equal([3, 3, 3], Enumerable.Range(0, 3).Select(p => world.Kafka.ReadLog("t", p).Count));
        },
        EachRecordAlone);

    [Fact]
    [Law("L44")]
    public void A_throttled_broker_is_sent_nothing_until_the_time_is_over() => Run(
        async world =>
        {
            world.Kafka.Faults.On(ApiKey.Produce).Throttle(TimeSpan.FromSeconds(1)).Times(1);
            await Task.WhenAll(Send(world, 1, 1));
            var before = ToBroker(world, 1);
            var sending = Send(world, 1, 1);
            await world.Delay(999);
            Assert.Equal(before, ToBroker(world, 1));
            Assert.InRange((await sending[0]).Milliseconds, 1000, 1001);
        },
        EachRecordAlone);

    // The broker was told RequestTimeout; we wait 5 s longer, so that its own answer wins.
    [Fact]
    public void A_silent_broker_is_given_up_after_the_request_timeout_and_five_seconds() => Run(
        async world =>
        {
            await Task.WhenAll(Send(world, 1, 1));
            world.Kafka.Faults.On(ApiKey.Produce).Hang().Times(1);
            var sending = Send(world, 3, 1);
            await world.Delay(14_999);
            Assert.Equal(2, world.Simulation.Network.ConnectionsOpened);
            foreach (var outcome in await Task.WhenAll(sending))
            {
                Assert.Null(outcome.Error);
                Assert.InRange(outcome.Milliseconds, 15_000, 15_300);
            }
        },
        EachRecordAlone);

    // L44, KIP-951: the broker names the new leader, and no back-off is kept towards it.
    [Theory]
    [Law("L44")]
    [InlineData(12, 0)]
    [InlineData(9, 121)] // when the next refresh of the metadata is allowed
    public void A_batch_follows_its_leader_at_once(short produceVersion, int most) => Run(
        async world =>
        {
            await Task.WhenAll(Send(world, 1, 1));
            world.Kafka.MoveLeader("t", 0, 2);
            var outcome = await Send(world, 1, 1)[0];
            Assert.Null(outcome.Error);
            Assert.InRange(outcome.Milliseconds, 0, most);
            Assert.Equal(2, world.Kafka.ReadBatches("t", 0)[^1].Broker);
        },
        EachRecordAlone with { Brokers = 2, ProduceVersion = produceVersion });

    // What is in flight at the old leader is waited for, but a silent one for one second only.
    [Fact]
    public void A_partition_leaves_a_silent_old_leader_after_a_second() => Run(
        async world =>
        {
            await Task.WhenAll(Send(world, 2, 2));
            world.Kafka.Faults.On(ApiKey.Produce).Broker(1).DropResponse().Times(1);
            var inFlight = Send(world, 3, 1);
            await world.Delay(200);
            world.Kafka.MoveLeader("t", 0, 2);

            // The other broker's refusal makes the producer look at the whole cluster.
            world.Kafka.MoveLeader("t", 1, 1);
            var looking = world.SendAsync(new Record("t", "v") { Partition = 1 }, StepKind.Send);
            foreach (var outcome in await Task.WhenAll(inFlight))
            {
                Assert.Null(outcome.Error);
                Assert.InRange(outcome.Milliseconds, 1200, 1700);
            }

            Assert.Null((await looking).Error);

            Assert.Equal(4, world.Kafka.ReadLog("t", 0).Count);
        },
        EachRecordAlone with { Brokers = 2 });

    // Metadata never stands behind a Produce that waits for replicas.
    [Fact]
    public void Metadata_does_not_wait_for_produce() => Run(
        async world =>
        {
            world.Kafka.Faults.On(ApiKey.Produce).Delay(TimeSpan.FromSeconds(5)).Times(1);
            var slow = Send(world, 1, 1);
            await world.Delay(1);
            Assert.Single(await world.Producer.GetPartitionsAsync("other"));
            Assert.InRange(world.Now.TotalMilliseconds, 0, 200);
            await slow[0];
        },
        EachRecordAlone);

    [Fact]
    public void The_time_of_append_is_told_where_the_broker_gives_it() => ProducerWorld.Run(async world =>
    {
        world.Kafka.CreateTopic("t", new TopicOptions { LogAppendTime = true });
        await world.Delay(1234);
        var (error, metadata, _) = await world.SendAsync(new Record("t", "v") { Timestamp = DateTimeOffset.UnixEpoch }, StepKind.Send);
        Assert.Null(error);
        Assert.Equal(world.Simulation.Time.GetUtcNow(), metadata.Timestamp);
        Assert.Equal(metadata.Timestamp, Assert.Single(world.Kafka.ReadLog("t")).Timestamp);
    });

    // V8: nothing but the age of metadata and idle connections wakes a producer without work.
    [Fact]
    public void An_idle_producer_sleeps_and_closes_its_connections() => Run(async world =>
    {
        await Task.WhenAll(Send(world, 1, 1));
        await world.Delay(11 * 60_000);
        Assert.True(world.Simulation.Network.Connections.Count <= 1, "the connection to the broker is open still");
        var steps = world.Simulation.Steps;
        await world.Delay(60 * 60_000);
        Assert.InRange(world.Simulation.Steps - steps, 0, 12 * 60);
        Assert.Null((await Send(world, 1, 1)[0]).Error);
    });

    // A broker that comes back at the same address is found again, however often it goes.
    [Fact]
    public void A_broker_that_comes_and_goes_is_found_again() => Run(
        async world =>
        {
            for (var i = 0; i < 10; i++)
            {
                world.Kafka.Stop(1, elect: false);
                var sending = Send(world, 3, 2);
                await world.Delay(100 * i);
                world.Kafka.Restart(1);
                foreach (var outcome in await Task.WhenAll(sending))
                {
                    Assert.Null(outcome.Error);
                    Assert.InRange(outcome.Milliseconds, 0, 3000);
                }
            }

            Assert.Equal(30, world.Kafka.Counters.Records);
        },
        EachRecordAlone);

    private static async Task<long> BytesOfOneRequest(ProducerWorld world)
    {
        await Task.WhenAll(Send(world, 1, 1));
        var before = ToBroker(world, 1);
        await Task.WhenAll(Send(world, 1, 1));
        return ToBroker(world, 1) - before;
    }

    private static long ToBroker(ProducerWorld world, int broker) =>
        world.Simulation.Network.Connections.Where(connection => connection.Address == $"broker-{broker}:9092").Max(static connection => connection.BytesToServer);

    private static Task<(ProduceError? Error, RecordMetadata Metadata, double Milliseconds)>[] Send(ProducerWorld world, int records, int partitions) =>
        [.. Enumerable.Range(0, records).Select(i => world.SendAsync(new Record("t", "v") { Partition = i % partitions }, StepKind.Send))];

    private static void Run(Func<ProducerWorld, Task> body, Setup? setup = null)
    {
        var brokers = new EmbeddedKafkaOptions { NewTopicsHaveNoLeaderYet = false };
        brokers.Apis[ApiKey.Produce] = new ApiRange(3, (setup ?? Setup.Default).ProduceVersion);
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t", 3);
                await world.Producer.GetPartitionsAsync("t");
                await body(world);
            },
            setup,
            brokers: brokers);
    }
}
