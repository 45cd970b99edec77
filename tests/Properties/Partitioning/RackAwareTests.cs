using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using Rx.Kafka.Partitioning;

namespace Rx.Kafka.Properties.Partitioning;

/// <summary>KIP-1123: where the rack counts, partitions whose leader is in it come before others, and others before none.</summary>
public sealed class RackAwareTests
{
    private readonly FakeTimeProvider _time = new();

    // A topic of 1 to 8 partitions, any of which have a leader, any of these in the rack.
    private static Gen<TopicPartitions> Topics =>
        from count in Gen.Choose(1, 8)
        from led in Gen.Choose(0, (1 << count) - 1)
        from near in Gen.Choose(0, (1 << count) - 1)
        select new TopicPartitions("t", count, Of(count, led), Of(count, led & near));

    [Fact]
    [Law("L57")]
    public void A_partition_outside_the_rack_is_chosen_only_while_none_is_in_it() => Law.Check(
        "current is in the rack, or has a leader, or is any",
        Topics.NonEmptyListOf().Zip(Gen.Choose(0, int.MaxValue - 1)),
        (ValueTuple<List<TopicPartitions>, int> c) =>
        {
            var sticky = Sticky(new Random(c.Item2));
            foreach (var topic in c.Item1)
            {
                var met = new HashSet<int>();
                for (var i = 0; i < 200; i++)
                {
                    met.Add(sticky.Current(topic));
                    sticky.Appended(sticky.Current(topic), 1, batchesFull: true);
                }

                Assert.Equal(Candidates(topic), met.Order());
            }
        });

    [Fact]
    [Law("L4", "L57")]
    public void After_a_refusal_another_of_the_rack_is_chosen_else_another() => Law.Check(
        "current after refused",
        Topics.Zip(Gen.Choose(0, int.MaxValue - 1)),
        (ValueTuple<TopicPartitions, int> c) =>
        {
            var (topic, seed) = c;
            for (var i = 0; i < 20; i++)
            {
                var sticky = Sticky(new Random(seed + i));
                var partition = sticky.Current(topic);
                sticky.Refused(partition);
                int[] others = [.. Candidates(topic).Where(other => other != partition)];
                int[] outside = [.. topic.Available.ToArray().Where(other => other != partition)];
                Assert.Contains(sticky.Current(topic), others.Length > 0 ? others : outside.Length > 0 ? outside : [partition]);
            }
        });

    [Fact]
    [Law("L57")]
    public void Load_counts_among_partitions_of_the_rack_only()
    {
        var topic = new TopicPartitions("t", 5, [0, 1, 2, 3, 4], inRack: [1, 2, 4]);
        var sticky = Sticky(new SequentialRandom());
        sticky.UpdateLoad(topic, Load(0, 5, 3, 0, 1), _time);

        Assert.Equal([0, 1, 3, 0, 5], Frequencies(sticky, topic, 9));
    }

    [Fact]
    [Law("L57")]
    public void While_each_leader_of_the_rack_takes_nothing_others_are_chosen()
    {
        var topic = new TopicPartitions("t", 4, [0, 1, 2, 3], inRack: [0, 1]);
        var (sticky, load, near) = (Sticky(new SequentialRandom(), availabilityTimeout: TimeSpan.FromMilliseconds(100)), Load(1, 1, 1, 1), new BrokerStall());
        load.Led(0, near);
        load.Led(1, near);
        near.Held(_time.GetTimestamp());
        _time.Advance(TimeSpan.FromSeconds(1));
        sticky.UpdateLoad(topic, load, _time);
        Assert.Equal([0, 0, 5, 5], Frequencies(sticky, topic, 10));

        near.Drained();
        sticky.UpdateLoad(topic, load, _time);
        Assert.Equal([5, 5, 0, 0], Frequencies(sticky, topic, 10));
    }

    private static int[] Candidates(TopicPartitions topic) =>
        !topic.InRack.IsEmpty ? topic.InRack.ToArray() : !topic.Available.IsEmpty ? topic.Available.ToArray() : [.. Enumerable.Range(0, topic.Count)];

    private static int[] Of(int count, int mask) => [.. Enumerable.Range(0, count).Where(partition => (mask >> partition & 1) != 0)];

    /// <summary>How often each partition is chosen; the first draw, which the choice before it may keep, is not counted.</summary>
    private static int[] Frequencies(StickyPartitioner sticky, TopicPartitions topic, int draws)
    {
        sticky.Appended(sticky.Current(topic), 1, batchesFull: true);
        var counts = new int[topic.Count];
        for (var i = 0; i < draws; i++)
        {
            var partition = sticky.Current(topic);
            counts[partition]++;
            sticky.Appended(partition, 1, batchesFull: true);
        }

        return counts;
    }

    private static PartitionLoad Load(params int[] sizes)
    {
        var load = new PartitionLoad();
        for (var i = 0; i < sizes.Length; i++)
        {
            load.Add(i, sizes[i]);
        }

        return load;
    }

    private static StickyPartitioner Sticky(Random random, TimeSpan availabilityTimeout = default) => new(1, adaptive: true, availabilityTimeout, random);
}
