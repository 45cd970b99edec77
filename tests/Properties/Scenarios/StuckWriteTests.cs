using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>acks = 0: nothing but the write itself tells that a broker takes no more (design 4.11).</summary>
public class StuckWriteTests
{
    private static readonly Setup Unanswered = Setup.Default with
    {
        Brokers = 3,
        Acks = RequiredAcks.None,
        Idempotent = false,
        RequestTimeoutMs = 1000,
        DeliveryTimeoutMs = 5000,
    };

    // The metadata names another leader while bytes are stuck: the move does not wait for RequestTimeout.
    [Theory]
    [InlineData(1000)]
    [InlineData(60_000)]
    public void Records_go_to_the_new_leader_though_the_old_one_takes_no_bytes(int requestTimeoutMs) => Run(
        Unanswered with { RequestTimeoutMs = requestTimeoutMs, DeliveryTimeoutMs = 120_000, MetadataMaxAgeMs = 5000 },
        async world =>
        {
            await OfferAsync(world, 100);
            world.Kafka.MoveLeader("t", 0, (world.Kafka.Leader("t", 0) % 3) + 1);
            await OfferAsync(world, 1000);
            Assert.InRange(world.Log().Count, 500, 1101);
        });

    [Fact]
    public void A_write_that_is_stuck_for_RequestTimeout_ends_its_connection()
    {
        var log = new EventLog();
        Run(
            Unanswered,
            async world =>
            {
                await OfferAsync(world, 100);
                var lost = Assert.Single(log.Events, static e => e.Id == 304);
                Assert.Contains("took no bytes within 1 s (RequestTimeout)", lost.Text, StringComparison.Ordinal);
                var (error, _, _) = await world.SendEach(0, "later")[0];
                Assert.Null(error);
            },
            log);
    }

    private static async Task OfferAsync(ProducerWorld world, int records)
    {
        for (var i = 0; i < records; i++)
        {
            _ = world.SendAsync(new Record("t", new byte[10_000]), StepKind.Enqueue);
            await world.Delay(20);
        }
    }

    private static void Run(Setup setup, Func<ProducerWorld, Task> body, EventLog? log = null)
    {
        StuckNetwork network = null!;
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                await world.Succeed("first");
                network.IsStuck = true;
                await body(world);
            },
            setup,
            configure: options => options.Transport = network = new StuckNetwork(options.Transport!),
            logs: log);
    }
}
