using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Records for a partition that the producer does not know (design 4.3).</summary>
public class AddedPartitionTests
{
    [Fact]
    public void A_record_for_a_partition_that_was_just_added_arrives() => Run(async world =>
    {
        var partition = 0;
        foreach (var way in new[] { StepKind.Send, StepKind.Enqueue, StepKind.OnNext })
        {
            partition++;
            world.Kafka.AddPartitions("t", 1);
            var (error, metadata, took) = await world.SendAsync(new Record("t", "v") { Partition = partition }, way);
            Assert.Null(error);
            Assert.Equal(partition, metadata.Partition);
            Assert.InRange(took, 0, 1100);
        }
    });

    // The answer to a question from before the record says nothing: the partition was added since.
    [Fact]
    public void Only_an_answer_that_was_asked_for_after_the_record_tells() => Run(async world =>
    {
        world.Kafka.Faults.On(ApiKey.Metadata).DelayResponse(TimeSpan.FromMilliseconds(500)).Times(1);
        _ = world.SendAsync(new Record("t", "v") { Partition = 7 }, StepKind.Send);
        await world.Delay(1300);
        world.Kafka.AddPartitions("t", 1);
        var (error, _, _) = await world.SendAsync(new Record("t", "v") { Partition = 1 }, StepKind.Send);
        Assert.Null(error);
    });

    [Fact]
    public void A_partition_that_a_fresh_answer_does_not_have_fails_soon_and_says_how_many_there_are() => Run(async world =>
    {
        var (error, _, took) = await world.SendAsync(new Record("t", "v") { Partition = 5 }, StepKind.Send);
        Assert.Equal(ProduceErrorCode.InvalidRecord, error!.Code);
        Assert.Contains("Topic t has 1 partition(s), from 0 to 0; the record was for partition 5", error.Message, StringComparison.Ordinal);
        Assert.InRange(took, 0, 1100);
        await world.Succeed("the topic goes on");
    });

    [Fact]
    public void Without_MaxBlock_it_fails_at_once() => Run(
        async world =>
        {
            var (error, _, took) = await world.SendAsync(new Record("t", "v") { Partition = 5 }, StepKind.Send);
            Assert.Equal((ProduceErrorCode.InvalidRecord, 0), (error!.Code, took));
        },
        Setup.Default with { MaxBlockMs = 0 });

    [Fact]
    public void While_nobody_answers_it_waits_for_MaxBlock() => Run(
        async world =>
        {
            world.Kafka.Faults.On(ApiKey.Metadata).Hang();
            var (error, _, took) = await world.SendAsync(new Record("t", "v") { Partition = 5 }, StepKind.Send);
            Assert.Equal((ProduceErrorCode.MetadataTimeout, 5000), (error!.Code, took));
            Assert.Contains("the record is for partition 5", error.Message, StringComparison.Ordinal);
        },
        Setup.Default with { MaxBlockMs = 5000 });

    private static void Run(Func<ProducerWorld, Task> body, Setup? setup = null) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            _ = world.SendAsync(new Record("t", "asks"), StepKind.Send);
            await world.Delay(2000);
            await body(world);
        },
        setup);
}
