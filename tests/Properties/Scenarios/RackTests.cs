using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>L57 over a whole producer: racks come from the brokers' metadata and hints, and change with the leaders.</summary>
public class RackTests
{
    private const int Partitions = 6;

    [Fact]
    [Law("L57")]
    public void Records_without_key_stay_in_the_rack_while_it_leads_a_partition() => Run(async world =>
    {
        int[] near = [.. Enumerable.Range(0, Partitions).Where(partition => world.Kafka.Leader("t", partition) == 2)];
        Assert.Equal(2, near.Length);
        Assert.Equal(near, await Used(world));

        // Its leader is named by an answer to Produce (KIP-951), or by the next metadata.
        var moved = Enumerable.Range(0, Partitions).First(partition => world.Kafka.Leader("t", partition) == 1);
        world.Kafka.MoveLeader("t", moved, 2);
        await world.Producer.SendAsync(new Record("t", "v") { Partition = moved });
        Assert.Equal([.. near.Append(moved).Order()], await Used(world));

        // Others, as soon as it is known that none is left.
        world.Kafka.Stop(2);
        await world.Delay(10_000);
        Assert.Equal(Enumerable.Range(0, Partitions), await Used(world));
    });

    [Fact]
    [Law("L57")]
    public void Keys_and_named_partitions_do_not_follow_the_rack() => Run(async world =>
    {
        for (var i = 0; i < 100; i++)
        {
            var key = $"key-{i}";
            var expected = Rx.Kafka.Partitioning.Murmur2.Partition(System.Text.Encoding.UTF8.GetBytes(key), Partitions);
            Assert.Equal(expected, (await world.Producer.SendAsync(new Record("t", value: "v", key: key))).Partition);
            Assert.Equal(i % Partitions, (await world.Producer.SendAsync(new Record("t", "v") { Partition = i % Partitions })).Partition);
        }
    });

    // The rack's broker is dead and still named as the leader: what is without key flows around it, and nobody waits.
    [Theory]
    [Law("L4", "L57")]
    [InlineData(0)]
    [InlineData(100)]
    public void Where_the_rack_has_no_room_others_take_the_record(int availabilityTimeoutMs) => Run(
        async world =>
        {
            await Used(world);
            world.Kafka.Stop(2, elect: false);
            for (var i = 0; i < 2000; i++)
            {
                Assert.True(world.Producer.EnqueueAsync(new Record("t", new byte[1000])).IsCompleted);
                await world.Delay(i % 4 == 3 ? 1 : 0);
            }

            await world.Delay(1000);
            Assert.InRange(world.Kafka.Counters.Records, availabilityTimeoutMs > 0 ? 1500 : 500, 2500);
            await world.Producer.PurgeAsync();
        },
        options => options.PartitionAvailabilityTimeout = TimeSpan.FromMilliseconds(availabilityTimeoutMs));

    private static void Run(Func<ProducerWorld, Task> body, Action<KafkaProducerOptions>? configure = null) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", Partitions);
            await world.Producer.GetPartitionsAsync("t");
            await body(world);
        },
        new Setup { Brokers = 3, LingerMs = 1, BatchSize = 1000, CloseTimeoutMs = 0 },
        brokers: new EmbeddedKafkaOptions { Racks = ["a", "b", "c"] },
        configure: options =>
        {
            (options.PartitionerRackAware, options.ClientRack) = (true, "b");
            configure?.Invoke(options);
        });

    /// <summary>The partitions that many records without key go to.</summary>
    private static async Task<IEnumerable<int>> Used(ProducerWorld world)
    {
        var partitions = new SortedSet<int>();
        for (var i = 0; i < 100; i++)
        {
            partitions.Add((await world.Producer.SendAsync(new Record("t", new byte[1000]))).Partition);
        }

        return partitions;
    }
}
