using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>
/// Design 4.6 where a topic is made anew while batches are in flight: its log takes any number first, so a gap in the numbers says nothing
/// of a batch that the producer sent before it learned of the new topic.
/// </summary>
public class RecreatedTopicTests
{
    private const int NotEnoughReplicas = 19;
    private const int InvalidRecord = 87;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // The old log refused the first, the new one took the second, and its answer was lost.
    [Fact]
    [Law("L41")]
    public void A_gap_of_the_old_log_says_nothing_of_what_the_new_one_may_have() => Run(static async world =>
    {
        await world.Succeed("old");
        world.Kafka.Faults.On(ApiKey.Produce).RejectRecords(InvalidRecord, 0).DelayResponse(Second).Times(1);
        world.Kafka.Faults.On(ApiKey.Produce).Skip(1).DropResponse().Times(1);
        var outcomes = world.SendEach(0, "refused", "behind");
        await Recreate(world);
        Assert.Equal(Persistence.NotPersisted, (await outcomes[0]).Error!.Persistence);
        Assert.Null((await outcomes[1]).Error);
        Assert.Equal(["behind"], world.Log());
    });

    // The first is absent and goes again, but the new log has the second already and refuses it.
    [Fact]
    [Law("L41")]
    public void What_the_new_log_may_have_is_not_sent_under_new_numbers() => Run(static async world =>
    {
        await world.Succeed("old");
        world.Kafka.Faults.On(ApiKey.Produce).Fail(NotEnoughReplicas).DelayResponse(Second).Times(1);
        world.Kafka.Faults.On(ApiKey.Produce).Skip(1).DropResponse().Times(1);
        var outcomes = world.SendEach(0, "refused", "behind");
        await Recreate(world);
        var (error, _, took) = await outcomes[1];
        Assert.Null((await outcomes[0]).Error);
        Assert.Equal(Persistence.PossiblyPersisted, error!.Persistence);
        Assert.InRange(took, 0, 30_000);
        await world.Succeed("later");
        Assert.Equal(["behind", "refused", "later"], world.Log());
    });

    // The old log's answer comes late: of the new log, which knows no producer, it proves nothing.
    [Fact]
    [Law("L41")]
    public void A_late_success_of_the_old_log_proves_nothing_of_the_new_one() => Run(static async world =>
    {
        await world.Succeed("old");
        world.Kafka.Faults.On(ApiKey.Produce).DelayResponse(Second * 7).Times(1);
        world.Kafka.Faults.On(ApiKey.Produce).Skip(1).RejectRecords(InvalidRecord, 0).Times(1);
        world.Kafka.Faults.On(ApiKey.Produce).Skip(2).DropResponse().Times(1);
        var late = world.SendEach(0, "late");
        await Recreate(world);
        await world.Delay(6000);
        var outcomes = world.SendEach(0, "refused", "behind");
        Assert.Null((await late[0]).Error);
        Assert.NotNull((await outcomes[0]).Error);
        Assert.Null((await outcomes[1]).Error);
        Assert.Equal(["behind"], world.Log());
    });

    // By its id the new topic is told apart from the old one before the producer has heard of it, so it takes nothing out of order.
    [Fact]
    [Law("L41")]
    public void A_topic_made_anew_takes_nothing_that_was_meant_for_the_old_one() => Run(
        static async world =>
        {
            await world.Succeed("old");
            world.Kafka.Faults.On(ApiKey.Produce).Fail(NotEnoughReplicas).DelayResponse(Second).Times(1);
            world.Kafka.Faults.On(ApiKey.Produce).Skip(1).DropResponse().Times(1);
            var outcomes = world.SendEach(0, "first", "second");
            await Recreate(world);
            Assert.All(await Task.WhenAll(outcomes), static outcome => Assert.Null(outcome.Error));
            await world.Succeed("later");
            Assert.Equal(["first", "second", "later"], world.Log());
        },
        produceVersion: 13);

    private static async Task Recreate(ProducerWorld world)
    {
        await world.Delay(1);
        world.Kafka.DeleteTopic("t");
        world.Kafka.CreateTopic("t");
    }

    // Before version 13 topics go by their names.
    private static void Run(Func<ProducerWorld, Task> body, short produceVersion = 12)
    {
        var setup = new Setup { BatchSize = 0, MetadataMaxAgeMs = 5000, ProduceVersion = produceVersion };
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                await world.Producer.GetPartitionsAsync("t");
                await body(world);
            },
            setup,
            brokers: setup.BrokerOptions("recreated"));
    }
}
