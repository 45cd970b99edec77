using System.Text;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Leaders move, brokers move, and everything known may be gone (design 4.5, 4.11; L44). Carries S3, S20, S21, PB7, N7 and N18.</summary>
public class LeaderTests
{
    private static readonly Setup EachRecordAlone = new() { BatchSize = 0, Brokers = 2 };

    // S3: the new leader gets nothing before the old one has answered, whatever the limit.
    [Theory]
    [InlineData(1, true)]
    [InlineData(5, true)]
    [InlineData(5, false)]
    public void Nothing_goes_to_the_new_leader_while_the_old_one_owes_an_answer(int inFlight, bool idempotent) => Run(
        async world =>
        {
            await world.Succeed("first", 0);
            world.Kafka.Faults.On(ApiKey.Produce).Broker(1).DelayResponse(TimeSpan.FromMilliseconds(800)).Times(1);
            var old = world.SendEach(0, "old")[0];
            await world.Delay(100);
            world.Kafka.MoveLeader("t", 0, 2);
            await MakeItLookAsync(world);
            var later = world.SendEach(0, "later")[0];
            await world.Delay(600);
            Assert.Equal(2, world.Kafka.ReadBatches("t", 0).Count);
            Assert.Equal((null, 800), ((await old).Error, (await old).Milliseconds));
            Assert.Null((await later).Error);
            Assert.Equal([1, 1, 2], world.Kafka.ReadBatches("t", 0).Select(static batch => batch.Broker));
        },
        EachRecordAlone with { InFlight = inFlight, Idempotent = idempotent });

    // What the old leader did not take follows at once and in order, however many were under way.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Batches_in_flight_follow_their_leader_in_order(bool idempotent) => Run(
        async world =>
        {
            await world.Succeed("first", 0);
            world.Kafka.Faults.On(ApiKey.Produce).Broker(1).Delay(TimeSpan.FromMilliseconds(500)).Times(1);
            var sending = world.SendEach(0, "0", "1", "2", "3", "4");
            await world.Delay(100);
            world.Kafka.MoveLeader("t", 0, 2);
            foreach (var (error, _, took) in await Task.WhenAll(sending))
            {
                Assert.Null(error);
                Assert.Equal(500, took);
            }

            Assert.Equal(["first", "0", "1", "2", "3", "4"], world.Log());
            Assert.Equal([1, 2, 2, 2, 2, 2], world.Kafka.ReadBatches("t", 0).Select(static batch => batch.Broker));
        },
        EachRecordAlone with { Idempotent = idempotent });

    // S20, KIP-951: those whose new leader is named go at once, the third waits; and the cluster is looked at all the same.
    [Fact]
    [Law("L44")]
    public void Only_partitions_whose_new_leader_is_named_skip_the_back_off() => Run(async world =>
    {
        world.Kafka.MoveLeader("t", 1, 1);
        await Task.WhenAll(Enumerable.Range(0, 3).SelectMany(p => world.SendEach(p, "first")));
        await world.Delay(5000);
        var refreshes = world.Kafka.Counters.Requests(ApiKey.Metadata);
        world.Kafka.MoveLeader("t", 0, 2);
        world.Kafka.MoveLeader("t", 1, 2);
        world.Kafka.Faults.On(ApiKey.Produce).Partition(2).Fail(6).Times(1);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 3).SelectMany(p => world.SendEach(p, "second")));
        Assert.All(outcomes, static outcome => Assert.Null(outcome.Error));
        Assert.Equal([0d, 0d], outcomes.Take(2).Select(static outcome => outcome.Milliseconds));
        Assert.InRange(outcomes[2].Milliseconds, 80, 121);
        Assert.Equal(refreshes + 1, world.Kafka.Counters.Requests(ApiKey.Metadata));
        Assert.Equal([2, 2, 1], Enumerable.Range(0, 3).Select(p => world.Kafka.ReadBatches("t", p)[^1].Broker));
    });

    // S21, PB7: the metadata tells of another leader while a batch waits for its retry; under the same leader it waits on.
    [Theory]
    [Law("L44")]
    [InlineData(2, 4000)]
    [InlineData(1, 16_000)]
    public void A_batch_that_waits_for_its_retry_goes_at_once_to_another_leader(int leader, int least) => Run(
        async world =>
        {
            await world.Succeed("first", 0);
            world.Kafka.Faults.On(ApiKey.Produce).Fail(7).Times(1);
            var sending = world.SendEach(0, "second")[0];
            await world.Delay(100);
            world.Kafka.MoveLeader("t", 0, leader);
            Assert.Null((await sending).Error);
            Assert.InRange((await sending).Milliseconds, least, leader == 2 ? 5000 : 24_000);
            Assert.Equal(leader, world.Kafka.ReadBatches("t", 0)[^1].Broker);
        },
        configure: static options =>
        {
            options.MetadataMaxAge = TimeSpan.FromSeconds(5);
            options.RetryBackoff = options.RetryBackoffMax = TimeSpan.FromSeconds(20);
        });

    // N7: a lost connection makes the producer look who leads now, instead of waiting for the one that is gone: its host is dead and refuses nothing.
    [Fact]
    public void A_connection_lost_with_requests_in_flight_makes_the_producer_look_for_the_leader() => Run(async world =>
    {
        await world.Succeed("first", 0);
        await world.Succeed("first", 1);
        world.Kafka.Faults.On(ApiKey.Produce).Broker(1).Hang().Times(1);
        var sending = world.SendEach(0, "second")[0];
        await world.Delay(2000);
        world.Simulation.Network.OnConnect("broker-1", 9092, ConnectBehaviour.Hang);
        world.Kafka.CutConnections(1);
        world.Kafka.MoveLeader("t", 0, 2);
        Assert.Null((await sending).Error);
        Assert.InRange((await sending).Milliseconds, 2000, 3300);
        Assert.Equal(2, world.Kafka.ReadBatches("t", 0)[^1].Broker);
    });

    // A broker keeps its id and its log, and comes back elsewhere.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_broker_id_that_comes_back_at_another_address_is_followed(bool inFlight)
    {
        const string Old = "broker-1";
        const string New = "harbour1"; // as many letters, so that an answer's lengths stay
        var network = new AlteredNetwork();
        var hasMoved = false;
        network.Route = host => host == Old && hasMoved ? null : host == New ? Old : host;
        network.Answer = (request, answer) => request.Key == ApiKey.Metadata && hasMoved
            ? Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(answer).Replace(Old, New, StringComparison.Ordinal))
            : null;
        network.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t", 2);
                await world.Producer.GetPartitionsAsync("t");
                await world.Succeed("first", 0);
                if (inFlight)
                {
                    world.Kafka.Faults.On(ApiKey.Produce).DropResponse().Times(1);
                }

                var second = inFlight ? world.SendEach(0, "second")[0] : null;
                await world.Delay(100);
                world.Kafka.Stop(1, elect: false);
                hasMoved = true;
                await world.Delay(100);
                world.Kafka.Restart(1);
                second ??= world.SendEach(0, "second")[0];
                Assert.Null((await second).Error);
                Assert.InRange((await second).Milliseconds, 0, 2000);
                await world.Succeed("third", 0);
                Assert.Equal(["first", "second", "third"], world.Log());
                Assert.Contains(network.Dials, static dial => dial.Host == New);
            },
            EachRecordAlone);
    }

    // KIP-899: nobody that is known is left; the name the user gave leads to the cluster's new machines.
    [Fact]
    public void When_all_known_brokers_are_gone_the_bootstrap_servers_are_asked_again()
    {
        var network = new AlteredNetwork();
        var entrance = "broker-1";
        network.Route = host => host == "kafka" ? entrance : host;
        network.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t", 2);
                await world.Succeed("old", 0);
                world.Kafka.Stop(1, elect: false);
                world.Kafka.Stop(2, elect: false);
                var waiting = world.SendEach(1, "waits")[0];
                await world.Delay(10_000);
                var other = world.Simulation.StartKafka(2, prefix: "new-");
                other.CreateTopic("t", 2);
                entrance = "new-2";
                Assert.Null((await waiting).Error);
                Assert.InRange((await waiting).Milliseconds, 10_000, 13_000);
                await world.Succeed("new", 0);
                Assert.Equal(["new", "waits"], other.ReadLog("t").Select(static record => record.ValueText));
            },
            EachRecordAlone,
            configure: static options => options.BootstrapServers = ["kafka:9092"]);
    }

    /// <summary>A refusal by the other broker makes the producer look at the whole cluster.</summary>
    private static async Task MakeItLookAsync(ProducerWorld world)
    {
        world.Kafka.Faults.On(ApiKey.Produce).Broker(2).Fail(6).Times(1);
        await world.Succeed("looking", 1);
    }

    private static void Run(Func<ProducerWorld, Task> body, Setup? setup = null, Action<KafkaProducerOptions>? configure = null) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", 3);
            await world.Producer.GetPartitionsAsync("t");
            await body(world);
        },
        setup ?? EachRecordAlone,
        configure: configure);
}
