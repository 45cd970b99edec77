using System.Reactive.Concurrency;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Testing;

/// <summary>A clock on an Rx scheduler does what <see cref="VirtualTime"/> does: the same timers fire at the same times.</summary>
public sealed class SchedulerTimeProviderTests
{
    [Fact]
    public void Timers_fire_when_those_of_virtual_time_do() => Law.Check("timers", Steps.Of(kinds: 6, most: 50, limit: 40), program =>
    {
        var scheduler = new HistoricalScheduler();
        var virtualTime = new VirtualTime();
        Assert.Equal(
            Run(program, virtualTime, virtualTime.Advance),
            Run(program, new SchedulerTimeProvider(scheduler), by => scheduler.AdvanceBy(by)));
    });

    [Fact]
    public void A_scheduler_that_counts_from_the_year_1_is_read_from_1970_and_others_as_they_are()
    {
        var scheduler = new HistoricalScheduler();
        var time = new SchedulerTimeProvider(scheduler);
        Assert.Equal(DateTimeOffset.UnixEpoch, time.GetUtcNow());
        scheduler.AdvanceBy(TimeSpan.FromSeconds(1));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(1), time.GetUtcNow());

        var now = new DateTimeOffset(2026, 3, 1, 14, 0, 0, TimeSpan.FromHours(2));
        var utc = new SchedulerTimeProvider(new HistoricalScheduler(now)).GetUtcNow();
        Assert.Equal((now, TimeSpan.Zero), (utc, utc.Offset));
    }

    [Fact]
    public void A_scheduler_that_blocks_its_caller_is_refused_with_a_remedy()
    {
        Assert.Contains("HistoricalScheduler", Assert.Throws<ArgumentException>(() => new SchedulerTimeProvider(ImmediateScheduler.Instance)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new SchedulerTimeProvider(CurrentThreadScheduler.Instance));
    }

    [Fact]
    public void A_timers_exception_comes_out_of_advance()
    {
        var scheduler = new HistoricalScheduler();
        using var timer = new SchedulerTimeProvider(scheduler).CreateTimer(static _ => throw new FormatException(), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        scheduler.AdvanceBy(TimeSpan.FromMilliseconds(999));
        Assert.Throws<FormatException>(() => scheduler.AdvanceBy(TimeSpan.FromMilliseconds(1)));
    }

    // On a scheduler with threads: a callback may meet Change and Dispose; after both nothing more comes.
    [Fact]
    public void A_timer_on_a_real_scheduler_is_silent_once_disposed()
    {
        using var loop = new EventLoopScheduler();
        var time = new SchedulerTimeProvider(loop);
        for (var i = 0; i < 50; i++)
        {
            var fired = 0;
            using var reached = new ManualResetEventSlim();
            var timer = time.CreateTimer(_ => { fired++; reached.Set(); }, null, TimeSpan.Zero, TimeSpan.FromTicks(1));
            Assert.True(reached.Wait(TimeSpan.FromSeconds(30)));
            Assert.True(timer.Change(TimeSpan.Zero, TimeSpan.FromTicks(1)));
            timer.Dispose();
            Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero));

            // What the loop does after this it had not begun before.
            using var after = new ManualResetEventSlim();
            loop.Schedule(after.Set);
            Assert.True(after.Wait(TimeSpan.FromSeconds(30)));
            var seen = fired;
            after.Reset();
            loop.Schedule(after.Set);
            Assert.True(after.Wait(TimeSpan.FromSeconds(30)));
            Assert.Equal(seen, fired);
        }
    }

    /// <summary>Makes, changes and ends timers, also in their own callbacks; tells who fired when.</summary>
    private static List<(int Timer, TimeSpan At)> Run(Step[] program, TimeProvider time, Action<TimeSpan> advance)
    {
        var start = time.GetTimestamp();
        var fired = new List<(int Timer, TimeSpan At)>();
        var timers = new List<ITimer>();
        foreach (var step in program)
        {
            var due = step.A == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(step.A);
            var period = step.B % 3 == 0 ? TimeSpan.FromMilliseconds(1 + step.B) : Timeout.InfiniteTimeSpan;
            switch (step.Kind)
            {
                case 0:
                case 1:
                    var number = timers.Count;
                    timers.Add(time.CreateTimer(
                        _ =>
                        {
                            fired.Add((number, time.GetElapsedTime(start)));
                            if (step.Kind == 1 && step.B % 2 == 0)
                            {
                                timers[number].Change(due, Timeout.InfiniteTimeSpan);
                            }
                            else if (step.Kind == 1)
                            {
                                timers[number].Dispose();
                            }
                        },
                        null,
                        due,
                        period));
                    break;
                case 2 when timers.Count > 0:
                    timers[step.B % timers.Count].Change(due, period);
                    break;
                case 3 when timers.Count > 0:
                    timers[step.B % timers.Count].Dispose();
                    break;
                default:
                    advance(TimeSpan.FromMilliseconds(step.A));
                    break;
            }
        }

        // Which of those that are due together comes first is nobody's promise.
        return [.. fired.Order(), (-1, time.GetElapsedTime(start))];
    }
}
