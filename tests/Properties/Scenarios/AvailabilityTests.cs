using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>L15 for records without key: they flow around partitions that nobody takes from, and around no others.</summary>
public class AvailabilityTests
{
    private const int BatchSize = 16384;

    // Named as leaders still, so only their load tells. 15 batches above the least, and what came (20 MB/s) before the load was looked at again, every 100 ms.
    [Theory]
    [Law("L15")]
    [InlineData(6)]
    [InlineData(60)]
    public void A_dead_brokers_partitions_get_a_few_batches_and_then_none(int partitions) => ProducerWorld.Run(
        async world =>
        {
            const int bytes = 4000;
            world.Kafka.CreateTopic("t", partitions);
            await world.Producer.GetPartitionsAsync("t");
            world.Kafka.Stop(3, elect: false);
            var dead = partitions / 3;
            for (var offered = 0; offered < 10_000; offered++)
            {
                _ = await world.Producer.EnqueueAsync(new Record("t", new byte[bytes]));
                if (offered % 5 == 4)
                {
                    await world.Delay(1);
                }
            }

            await world.Delay(1000);
            var left = (10_000 - world.Kafka.Counters.Records) * bytes;
            const int betweenTwoLooks = 20_000_000 / 3 / 5;
            Assert.InRange(left, 1, (dead * 16 * BatchSize) + betweenTwoLooks);
            await world.Producer.PurgeAsync();
        },
        new Setup { Brokers = 3, LingerMs = 5, BufferMemory = 32 << 20, CloseTimeoutMs = 0 },
        brokers: new EmbeddedKafkaOptions { LogBytesPerPartition = 0 });

    // RA28: it is slower than what comes for it, so it is never done; but it takes something all the time.
    [Fact]
    public void A_busy_broker_is_not_left_out() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", 2);
            await world.Producer.GetPartitionsAsync("t");
            world.Kafka.Faults.On(ApiKey.Produce).Broker(world.Kafka.Leader("t", 0)).DelayResponse(TimeSpan.FromMilliseconds(20));
            var busy = 0;
            for (var i = 0; i < 500; i++)
            {
                _ = await world.Producer.EnqueueAsync(new Record("t", "v") { Partition = 0 });
                if (i % 10 == 9)
                {
                    // Full at once, so the next one goes elsewhere if it may.
                    var metadata = await world.Producer.SendAsync(new Record("t", new byte[BatchSize]));
                    busy += metadata.Partition == 0 ? 1 : 0;
                }

                await world.Delay(15);
            }

            Assert.InRange(busy, 5, 45);
        },
        new Setup { Brokers = 2, InFlight = 1 },
        configure: static options => options.PartitionAvailabilityTimeout = TimeSpan.FromMilliseconds(100));
}
