using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Partitioning;

namespace Rx.Kafka.Properties.Partitioning;

public sealed class RoundRobinPartitionerTests
{
    // PA7
    [Fact]
    public void Records_go_evenly_to_partitions_with_a_leader_whatever_their_keys() =>
        Law.Check(
            "every partition with a leader has the same number of records, give or take one",
            from count in Gen.Choose(1, 12)
            from mask in Gen.Choose(0, (1 << count) - 1)
            from keys in Gen.Choose(0, 2).ArrayOf()
            select (count, mask, keys),
            (ValueTuple<int, int, int[]> c) =>
            {
                var (count, mask, keys) = c;
                int[] available = [.. Enumerable.Range(0, count).Where(partition => (mask >> partition & 1) != 0)];
                var (topic, other) = (new TopicPartitions("t", count, available), new TopicPartitions("other", 3, [0, 1, 2]));
                var partitioner = new RoundRobinPartitioner();
                var counts = new int[count];
                foreach (var key in keys)
                {
                    counts[partitioner.Partition(new Record("t", value: [1], key: key == 0 ? (byte[]?)null : [(byte)key]), topic)]++;

                    // Another topic has turns of its own.
                    partitioner.Partition(new Record("other", value: [1], key: (byte[]?)null), other);
                }

                int[] candidates = available.Length == 0 ? [.. Enumerable.Range(0, count)] : available;
                Assert.All(Enumerable.Range(0, count).Except(candidates), partition => Assert.Equal(0, counts[partition]));
                Assert.InRange(candidates.Max(partition => counts[partition]) - candidates.Min(partition => counts[partition]), 0, 1);
            });

    [Fact]
    public void Threads_together_keep_the_turn()
    {
        var topic = new TopicPartitions("t", 5, [0, 1, 2, 3, 4]);
        var partitioner = new RoundRobinPartitioner();
        var counts = new int[5];

        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                Interlocked.Increment(ref counts[partitioner.Partition(new Record("t", value: [1], key: (byte[]?)null), topic)]);
            }
        });

        Assert.All(counts, count => Assert.Equal(8_000, count));
    }
}
