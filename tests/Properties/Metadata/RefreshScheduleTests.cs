using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using Rx.Kafka.Metadata;

namespace Rx.Kafka.Properties.Metadata;

// Carries M2 (back-off and age together), M3 (a wish does not shorten the back-off after a failure), M21 (answers that tell nothing new back off, and stop doing so).
public sealed class RefreshScheduleTests
{
    private static readonly TimeSpan Initial = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Maximum = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(5);

    [Fact]
    public void Nothing_is_due_before_it_is_wished_for_and_then_at_once()
    {
        var schedule = Schedule();
        Assert.Equal(long.MaxValue, schedule.DueAt(newTopics: false));
        Assert.True(schedule.DueAt(newTopics: true) <= 0);
        schedule.Request();
        Assert.True(schedule.DueAt(newTopics: false) <= 0);
        Assert.True(schedule.IsFull(0));
    }

    [Fact]
    public void Due_times_follow_from_what_happened()
    {
        // Wish, change, no change, failure, partial answer. Only answers to what was wished for let the back-off grow, and a partial one
        // does not put off what is wished for.
        Law.Check("schedule", Gen.Choose(0, 4).ListOf(), events =>
        {
            var schedule = Schedule();
            var now = 0L;
            var (equivalent, dueBy, failures, wished) = (0, 0, 0, false);
            var (lastFull, dueFrom, lastFailure) = (-1L, -1L, -1L);
            foreach (var what in events)
            {
                now += TimeSpan.TicksPerSecond * 2;
                switch (what)
                {
                    case 0:
                        schedule.Request();
                        wished = true;
                        break;
                    case 3:
                        schedule.Started(full: true);
                        schedule.Failed(now, full: true);
                        (failures, lastFailure, wished) = (failures + 1, now, true);
                        break;
                    default:
                        var (changed, full) = (what == 1, what != 4);
                        schedule.Started(full);
                        schedule.Succeeded(now, changed, full);
                        (failures, lastFailure) = (0, -1);
                        equivalent = changed || !(wished && full) ? 0 : equivalent;
                        wished &= !full;
                        if (!wished)
                        {
                            (dueFrom, dueBy) = (now, ++equivalent);
                        }

                        lastFull = full || lastFull < 0 ? now : lastFull;
                        break;
                }

                var due = schedule.DueAt(newTopics: false);
                if (lastFailure >= 0)
                {
                    AssertBackoff(due - lastFailure, failures, Age.Ticks);
                    Assert.Equal(due, Math.Max(due, schedule.DueAt(newTopics: true)));
                }
                else if (wished && dueFrom >= 0)
                {
                    AssertBackoff(due - dueFrom, dueBy, Age.Ticks);
                    Assert.True(schedule.DueAt(newTopics: true) <= now);
                }
                else if (!wished)
                {
                    Assert.Equal(lastFull < 0 ? long.MaxValue : lastFull + Age.Ticks, due);
                }
            }
        });
    }

    [Fact]
    public void A_wish_does_not_shorten_the_back_off_after_a_failure()
    {
        var schedule = Schedule();
        schedule.Failed(0, full: true);
        var due = schedule.DueAt(newTopics: false);
        schedule.Request();
        Assert.Equal(due, schedule.DueAt(newTopics: false));
        Assert.Equal(due, schedule.DueAt(newTopics: true));
    }

    private static void AssertBackoff(long ticks, int attempts, long limit)
    {
        var expected = Math.Min(Initial.Ticks * Math.Pow(2, attempts - 1), Maximum.Ticks);
        Assert.InRange(ticks, Math.Min((long)(expected * 0.8), limit), (long)Math.Min(expected * 1.2, Maximum.Ticks) + 1);
    }

    private static RefreshSchedule Schedule() => new(new FakeTimeProvider(), Age, Initial, Maximum, new Random(1));
}
