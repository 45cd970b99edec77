using System.Globalization;
using System.Text.Json.Nodes;
using Rx.Kafka.Properties.Protocol;

namespace Rx.Kafka.Properties.Partitioning;

/// <summary>The named partitioners against what librdkafka itself answered (the vectors), and what it documents.</summary>
public sealed class PartitionersTests
{
    private static readonly string[] OfTheKeyOnly = ["consistent", "murmur2", "fnv1a"];

    private static JsonNode Vectors { get; } = VectorFile.Read("librdkafka-partitioners.json");

    // L1
    [Theory]
    [Law("L1")]
    [InlineData("consistent")]
    [InlineData("murmur2")]
    [InlineData("fnv1a")]
    public void Every_key_meets_the_partition_that_librdkafka_chooses(string name)
    {
        var counts = Vectors["counts"]!.AsArray().Select(count => (int)count!).ToArray();
        var cases = VectorFile.Cases("librdkafka-partitioners.json").ToArray();
        Assert.True(cases.Length > 80);
        foreach (var vector in cases)
        {
            var key = (string?)vector["key_hex"] is { } hex ? Convert.FromHexString(hex) : null;
            var expected = vector[name]!.AsArray().Select(partition => (int)partition!).ToArray();

            Assert.Equal(expected, counts.Select(count => Partition(name, key, count)));

            // The random ones differ only where there is nothing to hash.
            var isKeyless = key is null || (key.Length == 0 && name == "consistent");
            Assert.Equal(isKeyless ? [.. counts.Select(_ => TopicPartitions.Any)] : expected, counts.Select(count => Partition($"{name}_random", key, count)));
        }
    }

    // L1, L3: with whatever leaders there are.
    [Property(MaxTest = 200)]
    [Law("L1", "L3")]
    public void A_key_has_one_partition_of_the_topic_whoever_leads(byte[] key, FsCheck.PositiveInt count, int mask) =>
        Assert.All(OfTheKeyOnly.Concat(OfTheKeyOnly.Where(_ => key.Length > 0).Select(name => $"{name}_random")), name =>
        {
            var partition = Partition(name, key, count.Get);
            Assert.InRange(partition, 0, count.Get - 1);
            Assert.Equal(partition, Partition(name, key, new TopicPartitions("t", count.Get, Led(count.Get, mask))));
        });

    // L1: Java's choice and ours without a partitioner.
    [Property(MaxTest = 200)]
    [Law("L1")]
    public bool Murmur2_is_what_happens_without_a_partitioner(byte[] key, FsCheck.PositiveInt count) =>
        Partition("murmur2_random", key, count.Get) == Rx.Kafka.Partitioning.Murmur2.Partition(key, count.Get);

    [Fact]
    public void Random_draws_evenly_among_partitions_with_a_leader_and_leaves_what_has_no_key()
    {
        var random = Partitioners.Random.ForProducer(new Random(7));
        var topic = new TopicPartitions("t", 6, [0, 2, 5]);
        var counts = Draws(random, topic, 30_000).CountBy(static partition => partition).ToDictionary();

        Assert.Equal([0, 2, 5], counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, 9_500, 10_500));
        Assert.Equal(TopicPartitions.Any, random.Partition(new Record("t", "v"), topic));
        Assert.Equal([0, 1, 2], Draws(random, new TopicPartitions("t", 3, []), 100).Distinct().Order());
    }

    // L56
    [Fact]
    [Law("L56")]
    public void Random_draws_the_same_from_the_same_seed() => Law.Seeds("repeatable", seed =>
    {
        var topic = new TopicPartitions("t", 9, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        Assert.Equal(Run(seed), Run(seed));
        Assert.NotEqual(Run(seed), Run(seed + 1));

        int[] Run(int number) => Draws(Partitioners.Random.ForProducer(new Random(number)), topic, 100);
    });

    [Fact]
    public void Each_producer_has_turns_of_its_own()
    {
        var topic = new TopicPartitions("t", 3, [0, 1, 2]);
        var one = Partitioners.RoundRobin.ForProducer(new Random(1));
        Assert.Equal([0, 1, 2, 0], Draws(one, topic, 4));
        Assert.Equal([0, 1], Draws(Partitioners.RoundRobin.ForProducer(new Random(1)), topic, 2));
    }

    [Fact]
    public void Every_name_has_its_partitioner_and_options_show_it()
    {
        Assert.Equal(Partitioners.Names.Count, Partitioners.Names.Select(Partitioners.ByName).OfType<IPartitioner>().Distinct().Count());
        Assert.All(["", "Consistent", "murmur3", " random"], name => Assert.Null(Partitioners.ByName(name)));
        Assert.Equal(
            "KafkaProducerOptions { partitioner.class = fnv1a_random }", new KafkaProducerOptions { Partitioner = Partitioners.Fnv1aRandom }.ToString());
    }

    [Fact]
    public void Nothing_is_allocated_per_record()
    {
        var topic = new TopicPartitions("t", 7, [0, 1, 2, 3, 4, 5, 6]);
        var record = new Record("t", value: "v", key: "a key of some length");
        IPartitioner[] all = [.. Partitioners.Names.Select(name => Partitioners.ByName(name)!.ForProducer(new Random(1)))];
        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Run()
        {
            foreach (var partitioner in all)
            {
                for (var i = 0; i < 100; i++)
                {
                    partitioner.Partition(record, topic);
                }
            }
        }
    }

    private static int Partition(string name, byte[]? key, int count) => Partition(name, key, new TopicPartitions("t", count, []));

    private static int Partition(string name, byte[]? key, TopicPartitions topic) =>
        Partitioners.ByName(name)!.Partition(new Record("t", value: (byte[]?)[1], key: key), topic);

    private static int[] Draws(IPartitioner partitioner, TopicPartitions topic, int count) =>
        [.. Enumerable.Range(0, count).Select(i => partitioner.Partition(new Record("t", value: "v", key: i.ToString(CultureInfo.InvariantCulture)), topic))];

    private static int[] Led(int count, int mask) => [.. Enumerable.Range(0, Math.Min(count, 31)).Where(partition => (mask >> partition & 1) != 0)];
}
