using System.Runtime.CompilerServices;
using Rx.Kafka.Lanes;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>L41, L43 where sequence numbers come to their end: 0 follows 2^31 − 1, also in the middle of a batch, also when batches are sent again.</summary>
public class SequenceWrapTests
{
    private const int Records = 12;

    [Fact]
    [Law("L43")]
    public void Zero_follows_the_largest_sequence_number() => Law.Seeds("sequence wrap", seed =>
    {
        var random = new Random(seed);
        var setup = new Setup { BatchSize = random.Next(2) == 0 ? 0 : 300, LingerMs = random.Next(2), RequestTimeoutMs = 500 };
        var last = int.MaxValue - random.Next(Records + 1);
        ProducerWorld.Run(world => SendAcrossAsync(world, random, last), setup, seed);
    });

    private static async Task SendAcrossAsync(ProducerWorld world, Random random, int last)
    {
        world.Kafka.CreateTopic("t");
        await world.Producer.SendAsync(new Record("t", "first"));

        // As if so many had been sent. A broker that has forgotten us takes any number first, and the lane expects that only after a long silence.
        var lane = Assert.IsType<PartitionLane>(Core(world.Producer).Admission.TopicOf("t").Channels!.Channels[0].Lane);
        NextSequence(Numbers(lane)) = last;
        world.Kafka.ForgetProducers("t", 0);
        await world.Delay(61_000);

        var rule = world.Kafka.Faults.On(ApiKey.Produce).Skip(random.Next(Records)).Times(random.Next(1, 3));
        _ = random.Next(4) switch
        {
            0 => rule.Fail(7),
            1 => rule.DropResponse(),
            2 => rule.CutConnection(afterAppend: true),
            _ => rule.CutConnection(afterAppend: false),
        };
        await Task.WhenAll(Enumerable.Range(0, Records).Select(i => world.Producer.SendAsync(new Record("t", i.ToString())).AsTask()));

        Assert.Equal(Enumerable.Range(0, Records).Select(static i => i.ToString()).Prepend("first"), world.Kafka.ReadLog("t").Select(static record => record.ValueText));
        var expected = (long)last;
        foreach (var batch in world.Kafka.ReadBatches("t", 0).Skip(1))
        {
            Assert.Equal((0, (int)(expected % (1L << 31))), (batch.ProducerEpoch, batch.BaseSequence));
            expected += batch.RecordCount;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_core")]
    private static extern ref ProducerCore Core(KafkaProducer producer);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_numbers")]
    private static extern ref LaneNumbers Numbers(PartitionLane lane);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_nextSequence")]
    private static extern ref int NextSequence(LaneNumbers numbers);
}
