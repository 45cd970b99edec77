using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Testing;

public class VirtualTimeTests
{
    [Fact]
    public void Timers_fire_by_deadline_then_by_creation_and_see_the_clock_at_their_own_deadline() =>
        Law.Check("timer order", Gen.Choose(0, 20).ArrayOf(), dues =>
        {
            var time = new VirtualTime();
            var fired = new List<(int Number, double At)>();
            for (var i = 0; i < dues.Length; i++)
            {
                var number = i;
                time.CreateTimer(_ => fired.Add((number, time.Elapsed.TotalMilliseconds)), null, TimeSpan.FromMilliseconds(dues[i]), Timeout.InfiniteTimeSpan);
            }

            time.Advance(TimeSpan.FromMilliseconds(30));
            Assert.Equal(dues.Select((due, i) => (i, (double)due)).OrderBy(f => f.Item2).ThenBy(f => f.i), fired);
            Assert.Equal(0, time.ArmedTimers);
        });

    [Property(MaxTest = 200, EndSize = 50)]
    public void Two_steps_of_time_are_one_step_of_their_sum(NonNegativeInt first, NonNegativeInt second, NonNegativeInt period) =>
        Assert.Equal(Run(first.Get + second.Get, 0, period.Get), Run(first.Get, second.Get, period.Get));

    [Fact]
    public void A_disposed_or_changed_timer_keeps_to_its_last_word()
    {
        var time = new VirtualTime();
        var fired = new List<string>();
        var gone = time.CreateTimer(_ => fired.Add("gone"), null, TimeSpan.FromMilliseconds(5), Timeout.InfiniteTimeSpan);
        var later = time.CreateTimer(_ => fired.Add("later"), null, TimeSpan.FromMilliseconds(5), Timeout.InfiniteTimeSpan);
        gone.Dispose();
        Assert.False(gone.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        Assert.True(later.Change(TimeSpan.FromMilliseconds(10), Timeout.InfiniteTimeSpan));
        time.Advance(TimeSpan.FromMilliseconds(9));
        Assert.Empty(fired);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["later"], fired);
    }

    [Fact]
    public void The_wall_clock_jumps_without_moving_deadlines()
    {
        var time = new VirtualTime();
        var (wall, monotonic) = (time.GetUtcNow(), time.GetTimestamp());
        time.ShiftWallClock(TimeSpan.FromHours(-5));
        Assert.Equal(wall.AddHours(-5), time.GetUtcNow());
        Assert.Equal(monotonic, time.GetTimestamp());
    }

    private static string Run(int first, int second, int period)
    {
        var time = new VirtualTime();
        var fired = new List<string>();
        time.CreateTimer(_ => fired.Add($"once@{time.Elapsed.TotalMilliseconds}"), null, TimeSpan.FromMilliseconds(17), Timeout.InfiniteTimeSpan);
        time.CreateTimer(_ => fired.Add($"often@{time.Elapsed.TotalMilliseconds}"), null, TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(period + 1));
        time.Advance(TimeSpan.FromMilliseconds(first));
        time.Advance(TimeSpan.FromMilliseconds(second));
        return string.Join(' ', fired);
    }
}
