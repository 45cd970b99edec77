using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using Rx.Kafka.Partitioning;

namespace Rx.Kafka.Properties.Partitioning;

/// <summary>Sticky size 1 makes the unit of the weights 1, so that bytes stand for the batches of KIP-794 and every record is a choice.</summary>
public sealed class AdaptivePartitioningTests
{
    private readonly FakeTimeProvider _time = new();

    // PA4
    [Fact]
    public void Partitions_with_less_to_carry_are_chosen_more_often()
    {
        var topic = Topic(5);
        var (sticky, load) = (Sticky(), Load(5, 0, 3, 0, 1));
        sticky.UpdateLoad(topic, load, _time);

        Assert.Equal([1, 6, 3, 6, 5], Frequencies(sticky, topic, 21));

        sticky.UpdateLoad(topic, new PartitionLoad(), _time);
        Assert.Equal([4, 4, 4, 4, 4], Frequencies(sticky, topic, 20));
    }

    // PA4: only partitions with a leader are in the table.
    [Fact]
    public void A_partition_without_leader_is_not_in_the_table()
    {
        var topic = Topic(5, [0, 2, 4]);
        var sticky = Sticky();
        sticky.UpdateLoad(topic, Load(5, 0, 3, 0, 1), _time);

        Assert.Equal([1, 0, 3, 0, 5], Frequencies(sticky, topic, 9));
    }

    // RA28
    [Fact]
    public void A_partition_whose_leader_takes_nothing_is_left_out()
    {
        var topic = Topic(3);
        var (sticky, load) = (Sticky(availabilityTimeout: TimeSpan.FromMilliseconds(100)), Load(1, 7, 2));
        var (slow, fast) = (new BrokerStall(), new BrokerStall());
        load.Led(0, slow);
        load.Led(1, slow);
        load.Led(2, fast);
        sticky.UpdateLoad(topic, load, _time);
        Assert.Equal([7, 1, 6], Frequencies(sticky, topic, 14));

        slow.Held(_time.GetTimestamp());
        _time.Advance(TimeSpan.FromMilliseconds(100));
        slow.Held(_time.GetTimestamp());
        sticky.UpdateLoad(topic, load, _time);
        Assert.Equal([7, 1, 6], Frequencies(sticky, topic, 14));

        _time.Advance(TimeSpan.FromMilliseconds(100));
        sticky.UpdateLoad(topic, load, _time);
        Assert.Equal([0, 0, 10], Frequencies(sticky, topic, 10));

        // One that has nothing waiting may be tried: it is how a broker shows that it is back.
        load.Add(0, -1);
        sticky.UpdateLoad(topic, load, _time);
        Assert.Equal([3, 0, 1], Frequencies(sticky, topic, 4));

        slow.Drained();
        sticky.UpdateLoad(topic, load, _time);
        Assert.Equal([8, 1, 6], Frequencies(sticky, topic, 15));
    }

    [Fact]
    public void When_every_leader_stalls_the_choice_is_even()
    {
        var topic = Topic(2);
        var (sticky, load) = (Sticky(availabilityTimeout: TimeSpan.FromMilliseconds(100)), Load(1, 7));
        var stall = new BrokerStall();
        load.Led(0, stall);
        load.Led(1, stall);
        stall.Held(_time.GetTimestamp());
        _time.Advance(TimeSpan.FromSeconds(1));
        sticky.UpdateLoad(topic, load, _time);

        Assert.Equal([5, 5], Frequencies(sticky, topic, 10));
    }

    [Fact]
    public void Without_adaptive_partitioning_load_says_nothing()
    {
        var topic = Topic(3);
        var sticky = new StickyPartitioner(1, adaptive: false, TimeSpan.Zero, new SequentialRandom());
        sticky.UpdateLoad(topic, Load(1, 7, 2), _time);

        Assert.Equal([5, 5, 5], Frequencies(sticky, topic, 15));
    }

    // PA3: a table of before the leader was lost is not used.
    [Fact]
    public void A_newer_topic_outdates_the_table()
    {
        var (before, after) = (Topic(3), Topic(3, [0, 1]));
        var sticky = Sticky();
        sticky.UpdateLoad(before, Load(1, 7, 0), _time);

        Assert.Equal([5, 5, 0], Frequencies(sticky, after, 10));
    }

    [Fact]
    public void Weights_follow_the_rule_for_any_load() =>
        Law.Check(
            "a cycle of draws meets each partition max + 1 - size times, but one that weighs less than a 16th of the greatest never; nor a refused one",
            Gen.Choose(0, 60).ArrayOf().Where(sizes => sizes.Length >= 2).Zip(Gen.Choose(0, 59)),
            (ValueTuple<int[], int> c) =>
            {
                var (sizes, avoid) = (c.Item1, c.Item2 % c.Item1.Length);
                var table = new LoadTable();
                var topic = Topic(sizes.Length);
                table.Rebuild(topic, Load(sizes), 1, isStalled: null);
                if (sizes.Distinct().Count() == 1)
                {
                    Assert.Null(table.Partitions);
                    return;
                }

                int[] weights = [.. sizes.Select(size => sizes.Max() + 1 - size)];
                weights = [.. weights.Select(weight => weight < weights.Max() / 16 ? 0 : weight)];
                Assert.Same(topic, table.Partitions);
                Assert.Equal(weights, Cycle(table, weights.Sum(), avoid: -1));
                weights[avoid] = 0;
                Assert.Equal(weights, Cycle(table, weights.Sum(), avoid));

                int[] Cycle(LoadTable table, int draws, int avoid)
                {
                    var (random, counts) = (new SequentialRandom(), new int[sizes.Length]);
                    for (var i = 0; i < draws; i++)
                    {
                        counts[table.Draw(random, avoid)]++;
                    }

                    return counts;
                }
            });

    private static StickyPartitioner Sticky(TimeSpan availabilityTimeout = default) => new(1, adaptive: true, availabilityTimeout, new SequentialRandom());

    private static TopicPartitions Topic(int count, int[]? available = null) => new("t", count, available ?? [.. Enumerable.Range(0, count)]);

    private static PartitionLoad Load(params ReadOnlySpan<int> bytes)
    {
        var load = new PartitionLoad();
        for (var partition = 0; partition < bytes.Length; partition++)
        {
            load.Add(partition, bytes[partition]);
        }

        return load;
    }

    private static int[] Frequencies(StickyPartitioner sticky, TopicPartitions topic, int choices)
    {
        var counts = new int[topic.Count];
        for (var i = 0; i < choices; i++)
        {
            var partition = sticky.Current(topic);
            counts[partition]++;
            sticky.Appended(partition, 1, batchesFull: true);
        }

        return counts;
    }
}
