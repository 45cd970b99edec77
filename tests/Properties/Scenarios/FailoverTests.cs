using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>A host dies and nobody is told; another broker leads (design 4.11). How long does a record take?</summary>
public class FailoverTests
{
    private static readonly TimeSpan RequestTimeout = new KafkaProducerOptions().RequestTimeout;

    // With the control connection at the dead host or not: its round is random.
    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_record_reaches_the_new_leader_soon_after_one_request_timeout(int seed) => Run(
        seed,
        async world =>
        {
            var dead = Die(world);
            world.Kafka.MoveLeader("t", 0, (dead % 3) + 1);
            var (error, _, took) = await world.SendEach(0, "second")[0];
            Assert.Null(error);
            Assert.InRange(took, 0, (RequestTimeout + TimeSpan.FromSeconds(3)).TotalMilliseconds);
        });

    // Whatever else asks the cluster goes elsewhere as soon as two links miss an answer of the same host.
    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_new_topic_is_known_soon_though_a_host_is_silent(int seed) => Run(
        seed,
        async world =>
        {
            world.Kafka.CreateTopic("new");
            Die(world);
            _ = world.SendEach(0, "second")[0];
            await world.Delay(500);
            var from = world.Now;
            await world.Producer.GetPartitionsAsync("new");
            Assert.InRange((world.Now - from).TotalSeconds, 0, 3);
        });

    // The control connection was made by a name that no broker has, such as a load balancer's.
    [Fact]
    public void A_dead_host_is_left_also_where_it_was_reached_by_another_name()
    {
        var network = new AlteredNetwork { Route = static host => host == "kafka" ? "broker-1" : host };
        network.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                world.Kafka.MoveLeader("t", 0, 1);
                await world.Succeed("first");
                Die(world);
                world.Kafka.MoveLeader("t", 0, 2);
                var (error, _, took) = await world.SendEach(0, "second")[0];
                Assert.Null(error);
                Assert.InRange(took, 0, (RequestTimeout + TimeSpan.FromSeconds(3)).TotalMilliseconds);
            },
            Setup.Default with { Brokers = 3 },
            configure: static options => (options.BootstrapServers, options.RequestTimeout) = (["kafka:9092"], RequestTimeout));
    }

    // One broker is all there is: there is nowhere else to go, so its connection stays.
    [Fact]
    public void A_slow_broker_without_others_keeps_its_control_connection() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            world.Kafka.CreateTopic("new");
            await world.Succeed("first");
            var connections = world.Simulation.Network.ConnectionsOpened;
            world.Kafka.Faults.On(ApiKey.Produce).Delay(TimeSpan.FromSeconds(10)).Times(1);
            world.Kafka.Faults.On(ApiKey.Metadata).Delay(TimeSpan.FromSeconds(5)).Times(1);
            var sending = world.SendEach(0, "second")[0];
            await world.Producer.GetPartitionsAsync("new");
            Assert.Null((await sending).Error);
            Assert.Equal(connections, world.Simulation.Network.ConnectionsOpened);
        },
        Setup.Default with { RequestTimeoutMs = 30_000 });

    public static TheoryData<int> Seeds() =>
        [.. Enumerable.Range(1, int.Parse(Environment.GetEnvironmentVariable("RX_FAILOVER_SEEDS") ?? "20"))];

    private static void Run(int seed, Func<ProducerWorld, Task> body) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            await world.Succeed("first");
            await body(world);
        },
        Setup.Default with { Brokers = 3 },
        seed,
        configure: static options => options.RequestTimeout = RequestTimeout);

    /// <summary>The leader's host is gone: its connections are silent, and no new one can be had.</summary>
    private static int Die(ProducerWorld world)
    {
        var leader = world.Kafka.Leader("t", 0);
        foreach (var connection in world.Simulation.Network.Connections.Where(c => c.Address == $"broker-{leader}:9092"))
        {
            connection.Swallow();
        }

        world.Simulation.Network.OnConnect($"broker-{leader}", 9092, ConnectBehaviour.Hang);
        return leader;
    }
}
