using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Which time an acknowledgement tells (R41).</summary>
public sealed class AppendTimeTests
{
    // The batch is appended at the very time of its last record: that makes the time told no less true for the first one.
    [Fact]
    [Law("L23")]
    public void Each_acknowledgement_has_the_time_that_is_on_the_log() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", new TopicOptions { LogAppendTime = true });
            await world.Producer.GetPartitionsAsync("t");
            await world.Succeed("warm");
            var acks = new List<RecordMetadata>();
            var deliveries = new List<Delivery<Record>>();
            using var observed = world.Producer.Acks.Subscribe(new Collector<RecordMetadata>(acks.Add));
            using var told = world.Producer.Deliveries.Subscribe(new Collector<Delivery<Record>>(deliveries.Add));
            var first = world.SendAsync(new Record("t", "1"), StepKind.Send);
            await world.Delay(3);
            var second = world.SendAsync(new Record("t", "2"), StepKind.Enqueue);
            await world.Delay(3);
            world.Producer.OnNext(new Record("t", "3"));
            await world.Producer.FlushAsync();
            await world.Delay(1);
            var log = world.Kafka.ReadLog("t");
            Assert.Equal(log[3].Timestamp, log[1].Timestamp);
            Assert.Equal(log[1].Timestamp, (await first).Metadata.Timestamp);
            Assert.Equal(log[2].Timestamp, (await second).Metadata.Timestamp);
            Assert.Equal(log[3].Timestamp, Assert.Single(acks).Timestamp);
            Assert.Equal(log[3].Timestamp, Assert.Single(deliveries).Metadata.Timestamp);
        },
        new Setup { LingerMs = 50 });

    // A duplicate is answered with the batch's own largest time. Only a batch that was sent again can be one.
    [Fact]
    public void A_duplicate_tells_each_record_its_own_time() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            await world.Producer.GetPartitionsAsync("t");
            world.Kafka.Faults.On(ApiKey.Produce).CutConnection(afterAppend: true).Times(1);
            var sending = new[] { 5000, 7000 }.Select(ms => world.SendAsync(new Record("t", "v") { Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(ms) }, StepKind.Send));
            var outcomes = await Task.WhenAll(sending.ToArray());
            Assert.Equal(1, world.Kafka.Counters.Duplicates);
            Assert.Equal([5000L, 7000L], outcomes.Select(static outcome => outcome.Metadata.Timestamp.ToUnixTimeMilliseconds()));
        },
        new Setup { LingerMs = 5 });

    // Sent again after a refusal it is appended then, and the broker's time is another one than its own largest.
    [Fact]
    public void A_batch_that_was_refused_first_has_the_time_of_the_append() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", new TopicOptions { LogAppendTime = true });
            await world.Producer.GetPartitionsAsync("t");
            world.Kafka.Faults.On(ApiKey.Produce).Fail(19).Times(1);
            var metadata = await world.Succeed("v");
            Assert.Equal(Assert.Single(world.Kafka.ReadLog("t")).Timestamp, metadata.Timestamp);
        });
}
