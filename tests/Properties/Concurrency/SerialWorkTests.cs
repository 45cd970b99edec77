using Rx.Kafka.Concurrency;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Concurrency;

/// <summary>Work that is asked for runs after that, never twice at once, never inline.</summary>
[Collection(Alone.Name)]
public sealed class SerialWorkTests
{
    // Whoever writes something down and then asks for the work is seen by a run, without a lock between them: the store must not be overtaken by the look at the state.
    [Fact]
    public void What_was_written_before_the_call_is_seen_by_a_run()
    {
        const int Rounds = 300_000;
        var posted = 0;
        var seen = 0;
        var work = new SerialWork(() => Volatile.Write(ref seen, Volatile.Read(ref posted)), TaskScheduler.Default);
        for (var i = 1; i <= Rounds; i++)
        {
            Volatile.Write(ref posted, i);
            work.Queue();
            if (i % 16 == 0)
            {
                var round = i;
                RealThreads.SpinUntil(() => Volatile.Read(ref seen) >= round, $"no run saw what was posted in round {round}");
            }
        }
    }

    [Fact]
    public void It_never_runs_twice_at_once_and_runs_after_the_last_call()
    {
        var inside = 0;
        var overlaps = 0;
        var posted = 0;
        var done = 0;
        using var finished = new ManualResetEventSlim();
        SerialWork? work = null;
        work = new SerialWork(
            () =>
            {
                overlaps += Interlocked.Increment(ref inside) - 1;
                done = Volatile.Read(ref posted);
                if (done == 400_000)
                {
                    finished.Set();
                }

                if (done % 7 == 0)
                {
                    // Asked for from within: once more.
                    work!.Queue();
                }

                Interlocked.Decrement(ref inside);
            },
            TaskScheduler.Default);
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                Interlocked.Increment(ref posted);
                work.Queue();
            }
        });
        Assert.True(finished.Wait(RealThreads.Patience));
        Assert.Equal(0, overlaps);
    }

    // On a scheduler it runs as a task of that scheduler; calls before a run count as one; a fault does not end it.
    [Fact]
    public void It_runs_on_its_scheduler()
    {
        var scheduler = new PumpedScheduler(1);
        var runs = 0;
        TaskScheduler? ranOn = null;
        var work = new SerialWork(() => ranOn = TaskScheduler.Current, scheduler);
        var counting = new SerialWork(
            () =>
            {
                if (++runs == 1)
                {
                    throw new InvalidOperationException("A fault.");
                }
            },
            scheduler);
        work.Queue();
        counting.Queue();
        counting.Queue();
        Assert.Equal(0, runs);
        scheduler.RunUntilIdle();
        Assert.Equal(1, runs);
        counting.Queue();
        scheduler.RunUntilIdle();
        Assert.Equal(2, runs);
        Assert.Same(scheduler, ranOn);
        Assert.Equal(0, scheduler.StepsOffThread);
    }
}
