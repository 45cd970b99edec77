using Rx.Kafka.Partitioning;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Partitioning;

public sealed class PartitionLoadTests
{
    // Channels add while others make the topic grow: every byte is found again.
    [Fact]
    public void No_byte_is_lost_while_the_topic_grows()
    {
        const int Threads = 4;
        const int Partitions = 300;
        var load = new PartitionLoad();

        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, thread =>
        {
            for (var round = 0; round < 200; round++)
            {
                for (var partition = 0; partition <= Math.Min(Partitions - 1, (2 * round) + thread); partition++)
                {
                    load.Add(partition, 3);
                    load.Add(partition, -2);
                }
            }
        });

        for (var partition = 0; partition < Partitions; partition++)
        {
            var expected = Enumerable.Range(0, Threads).Sum(thread => Enumerable.Range(0, 200).Count(round => partition <= (2 * round) + thread));
            Assert.Equal(expected, load.Queued(partition));
        }
    }

    [Fact]
    public void A_partition_nobody_wrote_to_has_no_load()
    {
        var load = new PartitionLoad();
        load.Add(2, 5);

        Assert.Equal([0, 0, 5, 0], new[] { load.Queued(0), load.Queued(1), load.Queued(2), load.Queued(1_000_000) });
        Assert.Null(load.Leader(2));
        Assert.Null(load.Leader(1_000_000));
    }

    [Fact]
    public void Bytes_that_leave_before_they_are_counted_do_not_make_a_partition_attractive()
    {
        var load = new PartitionLoad();
        load.Add(0, -5);
        Assert.Equal(0, load.Queued(0));
        load.Add(0, 5);
        Assert.Equal(0, load.Queued(0));
    }

    // Under traffic at most one update every 100 ms, and the last change is always seen; an idle producer has no wake-ups.
    [Fact]
    public void Tables_are_made_anew_while_bytes_leave()
    {
        var (time, scheduler, updates) = (new VirtualTime(), new PumpedScheduler(1), 0);
        using var timer = new LoadTimer(() => updates++, time, scheduler);
        var loads = new[] { new PartitionLoad(timer), new PartitionLoad(timer) };
        loads[0].Add(0, 5);
        Assert.Equal(0, time.ArmedTimers);
        for (var millisecond = 0; millisecond < 1000; millisecond++)
        {
            loads[millisecond % 2].Add(0, -1);
            time.Advance(TimeSpan.FromMilliseconds(1));
            scheduler.RunUntilIdle();
        }

        Assert.Equal(10, updates);
        Assert.Equal(0, time.ArmedTimers);
        loads[0].Add(0, -1);
        time.Advance(TimeSpan.FromMinutes(1));
        scheduler.RunUntilIdle();
        Assert.Equal(11, updates);
        Assert.Equal(0, time.ArmedTimers);
    }
}
