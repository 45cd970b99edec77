using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Partitioning;
using Rx.Kafka.Properties.Concurrency;

namespace Rx.Kafka.Properties.Partitioning;

public sealed class StickyPartitionerTests
{
    // A topic of 1 to 12 partitions, any of which have a leader.
    private static Gen<TopicPartitions> Topics =>
        from count in Gen.Choose(1, 12)
        from mask in Gen.Choose(0, (1 << count) - 1)
        select Topic(count, [.. Enumerable.Range(0, count).Where(partition => (mask >> partition & 1) != 0)]);

    // PA5
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_sticky_size_below_one_byte_is_refused(int stickyBytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Sticky(stickyBytes));

    // PA1
    [Fact]
    public void A_partition_stays_until_a_batchs_worth_of_bytes_is_in_it()
    {
        var topic = Topic(4);
        var sticky = Sticky(stickyBytes: 5);
        var first = sticky.Current(topic);

        sticky.Appended(first, 2, batchesFull: true);
        sticky.Appended(first, 2, batchesFull: true);
        Assert.True(sticky.IsCurrent(first));
        sticky.Appended(first, 2, batchesFull: true);
        Assert.False(sticky.IsCurrent(first));

        var second = sticky.Current(topic);
        sticky.Appended(first, 100, batchesFull: true);
        Assert.NotEqual(first, second);
        Assert.True(sticky.IsCurrent(second), "Bytes of a partition that is not current any more count for nobody.");
    }

    // PA2
    [Fact]
    public void While_a_batch_is_not_full_a_partition_stays_up_to_twice_the_size()
    {
        var topic = Topic(4);
        var sticky = Sticky(stickyBytes: 5);
        var first = sticky.Current(topic);

        sticky.Appended(first, 9, batchesFull: false);
        Assert.True(sticky.IsCurrent(first));
        sticky.Appended(first, 1, batchesFull: false);
        Assert.False(sticky.IsCurrent(first));

        var second = sticky.Current(topic);
        sticky.Appended(second, 7, batchesFull: false);
        Assert.True(sticky.IsCurrent(second));
        sticky.Appended(second, 0, batchesFull: true);
        Assert.False(sticky.IsCurrent(second), "The switch that was put off happens when the batch is full.");
    }

    // PA3, L3
    [Fact]
    [Law("L3")]
    public void A_partition_without_leader_is_chosen_only_while_none_has_one() =>
        Law.Check(
            "current is available, or any if none is",
            Topics.ListOf().Zip(Gen.Choose(0, int.MaxValue - 1)),
            (ValueTuple<List<TopicPartitions>, int> c) =>
            {
                var sticky = Sticky(stickyBytes: 10, random: new Random(c.Item2));
                var draws = new Random(c.Item2);
                foreach (var topic in c.Item1)
                {
                    for (var i = 0; i < 20; i++)
                    {
                        var partition = sticky.Current(topic);
                        Assert.InRange(partition, 0, topic.Count - 1);
                        Assert.True(topic.Available.IsEmpty || topic.Available.Contains(partition));
                        Assert.Equal(partition, sticky.Current(topic));
                        Use(sticky, partition, draws);
                    }
                }
            });

    // PA6's half that stays true for KIP-794; L4
    [Fact]
    [Law("L4")]
    public void After_a_refusal_another_partition_with_a_leader_is_chosen_if_there_is_one() =>
        Law.Check(
            "current after refused is another one",
            Topics.Zip(Gen.Choose(0, int.MaxValue - 1)),
            (ValueTuple<TopicPartitions, int> c) =>
            {
                var (topic, seed) = c;
                var candidates = topic.Available.IsEmpty ? topic.Count : topic.Available.Length;
                var sticky = Sticky(stickyBytes: 10, random: new Random(seed));
                for (var i = 0; i < 20; i++)
                {
                    var partition = sticky.Current(topic);
                    sticky.Refused(partition);
                    Assert.False(sticky.IsCurrent(partition));
                    Assert.Equal(candidates == 1, sticky.Current(topic) == partition);
                    Assert.Contains(sticky.Current(topic), topic.Available.IsEmpty ? Enumerable.Range(0, topic.Count) : topic.Available.ToArray());
                }
            });

    [Fact]
    public void A_refusal_by_a_partition_that_is_not_current_changes_nothing()
    {
        var topic = Topic(4);
        var sticky = Sticky(stickyBytes: 10);
        var partition = sticky.Current(topic);

        sticky.Refused((partition + 1) % 4);
        Assert.True(sticky.IsCurrent(partition));
    }

    // L4: who walks on until the first comes again has tried all.
    [Fact]
    [Law("L4")]
    public void A_walk_meets_every_partition_with_a_leader_once() =>
        Law.Check(
            "the walk is a round",
            Topics.Zip(Gen.Choose(0, 11)),
            (ValueTuple<TopicPartitions, int> c) =>
            {
                var topic = c.Item1;
                int[] candidates = topic.Available.IsEmpty ? [.. Enumerable.Range(0, topic.Count)] : topic.Available.ToArray();
                var first = StickyPartitioner.After(topic, c.Item2);
                var met = new List<int>();
                var partition = first;
                do
                {
                    met.Add(partition);
                    partition = StickyPartitioner.After(topic, partition);
                }
                while (partition != first);
                Assert.Equal(candidates, met.Order());
            });

    // L4: over 200 choices a partition, none is off by half (7 standard deviations).
    [Fact]
    [Law("L4")]
    public void Choices_spread_evenly_over_partitions_with_a_leader() =>
        Law.Check(
            "spread",
            Topics.Where(topic => !topic.Available.IsEmpty).Zip(Gen.Choose(0, int.MaxValue - 1)),
            (ValueTuple<TopicPartitions, int> c) =>
            {
                var (topic, seed) = c;
                var sticky = Sticky(stickyBytes: 100, random: new Random(seed));
                var counts = new int[topic.Count];
                for (var i = 0; i < 200 * topic.Available.Length; i++)
                {
                    var partition = sticky.Current(topic);
                    counts[partition]++;
                    sticky.Appended(partition, 100, batchesFull: true);
                }

                Assert.All(topic.Available.ToArray(), partition => Assert.InRange(counts[partition], 100, 300));
            },
            maxTest: 50);

    // RA27
    [Fact]
    public void A_record_that_crosses_the_size_stays_and_the_next_goes_elsewhere()
    {
        var random = new SequentialRandom();
        var scenario = new StickyScenario(Sticky(1024, random), Topic(3), 1024);

        int[] placed = [scenario.Append(100), scenario.Append(1024), scenario.Append(1024), scenario.Append(1024), scenario.Append(1024)];

        Assert.Equal([0, 0, 1, 2, 0], placed);
        Assert.Equal(4, random.Calls);
    }

    // RA29
    [Fact]
    public void Two_thirds_of_a_batch_in_every_linger_make_one_batch_each()
    {
        var scenario = new StickyScenario(Sticky(512, new Random(7)), Topic(4), 512);
        for (var round = 0; round < 50; round++)
        {
            scenario.Closed.Clear();
            for (var record = 0; record < 17; record++)
            {
                scenario.Append(20);
            }

            scenario.Drain();
            var (_, bytes, full) = Assert.Single(scenario.Closed);
            Assert.InRange(bytes, 257, 511);
            Assert.False(full);
        }
    }

    // The point of KIP-794: without a linger that closes them, a switch leaves no batch behind that is not full.
    [Fact]
    public void A_switch_leaves_no_small_batch_behind() =>
        Law.Check(
            "at most one batch is open, and only when records do not fit twice the size",
            Gen.Choose(1, 400).NonEmptyListOf().Zip(Gen.Choose(0, int.MaxValue - 1)),
            (ValueTuple<List<int>, int> c) =>
            {
                var scenario = new StickyScenario(Sticky(1000, new Random(c.Item2)), Topic(6), 1000);
                foreach (var bytes in c.Item1.Concat(c.Item1).Concat(c.Item1))
                {
                    scenario.Append(bytes);
                    Assert.InRange(scenario.OpenBatches, 0, 1);
                }

                Assert.All(scenario.Closed, batch => Assert.True(batch.Full && batch.Bytes > 600));
            });

    // L56
    [Fact]
    [Law("L56")]
    public void The_same_seed_makes_the_same_choices() =>
        Law.Seeds(
            "repeatable",
            seed =>
            {
                var topic = Topic(9);
                Assert.Equal(Run(), Run());

                List<int> Run()
                {
                    var (sticky, draws, run) = (Sticky(50, new Random(seed)), new Random(seed), new List<int>());
                    for (var i = 0; i < 100; i++)
                    {
                        run.Add(sticky.Current(topic));
                        Use(sticky, run[^1], draws);
                    }

                    return run;
                }
            });

    // The size is just what they append together: a lost byte would put the switch off, one counted twice would bring it forward.
    [Fact]
    public void Threads_that_append_at_once_lose_no_bytes()
    {
        const int Threads = 4;
        const int Records = 300_000;
        var random = new SequentialRandom();
        var topic = Topic(7);
        var sticky = Sticky(Threads * Records * 10, random);
        RealThreads.Run(Threads, _ =>
        {
            for (var i = 0; i < Records; i++)
            {
                sticky.Appended(sticky.Current(topic), 10, batchesFull: true);
            }
        });

        Assert.Equal(1, random.Calls);
        Assert.False(sticky.IsCurrent(0));
    }

    [Fact]
    public void Threads_that_switch_at_once_switch_together()
    {
        const int Threads = 4;
        const int Records = 200_000;
        var random = new SequentialRandom();
        var topic = Topic(7, [1, 3, 4]);
        var sticky = Sticky(1000, random);
        RealThreads.Run(Threads, thread =>
        {
            for (var i = 0; i < Records; i++)
            {
                var partition = sticky.Current(topic);
                Assert.Contains(partition, new[] { 1, 3, 4 });
                sticky.Appended(partition, 10, batchesFull: true);
                if (i % 1000 == thread)
                {
                    sticky.Refused(partition);
                }
            }
        });

        // No more draws than there were reasons.
        Assert.InRange(random.Calls, 1, (Threads * Records / 100) + (Threads * Records / 1000) + 1);
    }

    [Fact]
    public void Nothing_is_allocated_per_record()
    {
        var topic = Topic(7);
        var sticky = Sticky(1000);
        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Run()
        {
            for (var i = 0; i < 1000; i++)
            {
                sticky.Appended(sticky.Current(topic), 100, batchesFull: true);
            }
        }
    }

    private static void Use(StickyPartitioner sticky, int partition, Random draws)
    {
        if (draws.Next(4) == 0)
        {
            sticky.Refused(partition);
        }
        else
        {
            sticky.Appended(partition, draws.Next(8), draws.Next(2) == 0);
        }
    }

    private static StickyPartitioner Sticky(int stickyBytes, Random? random = null) =>
        new(stickyBytes, adaptive: true, TimeSpan.Zero, random ?? new SequentialRandom());

    private static TopicPartitions Topic(int count, int[]? available = null) => new("t", count, available ?? [.. Enumerable.Range(0, count)]);
}
