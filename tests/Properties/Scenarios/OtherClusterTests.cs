using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Design 4.6 and 4.11 where the world behind the same names is another one: numbers that were good there prove nothing here.</summary>
public class OtherClusterTests
{
    private static readonly Setup EachRecordAlone = new() { BatchSize = 0 };

    // Every cluster hands out low ids, and a known id with a known number is answered success without being written.
    [Fact]
    public void Another_cluster_gets_another_producer_id() => Run(async world =>
    {
        for (var i = 0; i < 3; i++)
        {
            await Succeed(world, "old", 0);
        }

        var other = await MoveAsync(world, strangersRecords: 6);
        await Succeed(world, "new", 0);
        Assert.Equal("new", other.ReadLog("t", 0)[^1].ValueText);
    });

    // What was sent there under the old id, before it was known to be another cluster, would pass for the first batch under the new one.
    [Fact]
    public void An_id_that_was_used_in_the_old_cluster_is_not_taken_from_the_new_one() => Run(async world =>
    {
        await Succeed(world, "old", 1);
        world.Kafka.Stop(1, elect: false);
        var other = world.Simulation.StartKafka(1, new EmbeddedKafkaOptions { ClusterId = "another one" });
        other.CreateTopic("t", 2);
        other.Faults.On(ApiKey.Metadata).Delay(TimeSpan.FromSeconds(1)).Times(1);
        await world.Delay(1);
        await Succeed(world, "early", 0);
        await world.Delay(6000);
        await Succeed(world, "new", 0);
        Assert.Equal(["early", "new"], other.ReadLog("t", 0).Select(static record => record.ValueText));
    });

    // What may be on the old cluster's log is not sent to the new one under numbers of the old one, nor under new ones.
    [Fact]
    public void What_was_unclear_in_the_old_cluster_stays_so() => Run(async world =>
    {
        await Succeed(world, "old", 0);
        world.Kafka.Faults.On(ApiKey.Produce).DropResponse().Times(1);
        var unclear = world.SendAsync(new Record("t", "unclear") { Partition = 0 }, StepKind.Send);
        await world.Delay(1);
        var other = await MoveAsync(world, strangersRecords: 1);
        var outcome = await unclear;
        Assert.Equal((ProduceErrorCode.Broker, Persistence.PossiblyPersisted), (outcome.Error!.Code, outcome.Error.Persistence));
        await Succeed(world, "new", 0);
        Assert.DoesNotContain(other.ReadLog("t", 0), static record => record.ValueText == "unclear");
        Assert.Equal("new", other.ReadLog("t", 0)[^1].ValueText);
    });

    // The new topic's log knows no producer, so it would take any number first.
    [Fact]
    public void A_topic_made_anew_is_proven_anew() => Run(async world =>
    {
        await Succeed(world, "old", 0);
        world.Kafka.DeleteTopic("t");
        world.Kafka.CreateTopic("t", 2);
        await world.Delay(6000);
        world.Kafka.Faults.On(ApiKey.Produce).Fail(7).Times(1);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => world.SendAsync(new Record("t", i.ToString()) { Partition = 0 }, StepKind.Send)));
        Assert.All(outcomes, static outcome => Assert.Null(outcome.Error));
        Assert.Equal(["0", "1", "2"], world.Kafka.ReadLog("t", 0).Select(static record => record.ValueText));
    });

    [Fact]
    public void A_topic_made_anew_with_fewer_partitions_loses_the_others_only() => Run(async world =>
    {
        await Succeed(world, "old", 1);
        world.Kafka.DeleteTopic("t");
        world.Kafka.CreateTopic("t", 1);
        await world.Delay(6000);
        await Succeed(world, "new", 0);
        Assert.Equal(ProduceErrorCode.InvalidRecord, (await world.SendAsync(new Record("t", "v") { Partition = 1 }, StepKind.Send)).Error!.Code);
    });

    private static async Task Succeed(ProducerWorld world, string value, int partition) =>
        Assert.Null((await world.SendAsync(new Record("t", value) { Partition = partition }, StepKind.Send)).Error);

    /// <summary>The brokers' names lead to another cluster from now on, where somebody else has written.</summary>
    private static async Task<EmbeddedKafka> MoveAsync(ProducerWorld world, int strangersRecords)
    {
        world.Kafka.Stop(1, elect: false);
        var other = world.Simulation.StartKafka(1, new EmbeddedKafkaOptions { ClusterId = "another one" });
        other.CreateTopic("t", 2);
        await using var stranger = new KafkaProducer(new KafkaProducerOptions
        {
            BootstrapServers = other.BootstrapServers,
            Runtime = world.Simulation.Runtime,
            Transport = world.Simulation.Network,
            ClientId = "stranger",
            BatchSize = 0,
        });
        for (var i = 0; i < strangersRecords; i++)
        {
            await stranger.SendAsync(new Record("t", "stranger") { Partition = 0 });
        }

        await world.Delay(6000);
        return other;
    }

    private static void Run(Func<ProducerWorld, Task> body) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", 2);
            await world.Producer.GetPartitionsAsync("t");
            await body(world);
        },
        EachRecordAlone,
        configure: static options =>
        {
            // The producer looks at the cluster before it sends anything again.
            options.MetadataMaxAge = TimeSpan.FromSeconds(5);
            options.RetryBackoff = options.RetryBackoffMax = TimeSpan.FromSeconds(20);
        });
}
