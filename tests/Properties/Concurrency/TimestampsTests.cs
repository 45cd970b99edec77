using FsCheck;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Concurrency;

/// <summary>L10 where a clock of whole milliseconds must keep it: what a loop asks of its timer.</summary>
public sealed class TimestampsTests : IDisposable
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private readonly PreciseTime _own = new();
    private readonly VirtualTime _other = new();

    public void Dispose() => _own.Dispose();

    [Property(MaxTest = 200)]
    [Law("L10")]
    public void A_timer_is_set_for_the_time_asked_for_and_where_timers_cut_off_for_the_next_millisecond(long any, NonNegativeInt ahead)
    {
        var now = Math.Abs(any >> 16);
        AssertUntil(_own, now, ahead.Get * 9973, TimeSpan.FromTicks(1));
        AssertUntil(_other, now, ahead.Get * 9973, Millisecond);
        Assert.Equal(TimeSpan.Zero, _own.Until(now + ahead.Get, now));
        Assert.Equal(Timeout.InfiniteTimeSpan, _own.Until(now, long.MaxValue));
    }

    [Property(MaxTest = 200)]
    [Law("L10")]
    public void Linger_is_never_exceeded_on_purpose_and_shortened_by_half_a_millisecond_at_most(NonNegativeInt tenths)
    {
        var linger = TimeSpan.FromMicroseconds(tenths.Get * 100);
        var early = linger - _own.OnAverage(linger);
        Assert.InRange(early, TimeSpan.Zero, linger / 2);
        Assert.Equal(linger < Millisecond ? linger / 2 : Millisecond / 2, early);
        Assert.Equal(linger, _other.OnAverage(linger));
    }

    private static void AssertUntil(TimeProvider time, long now, int ahead, TimeSpan unit)
    {
        var until = time.Until(now, now + ahead);
        var asked = time.GetElapsedTime(0, ahead);
        Assert.InRange(until, asked, asked + unit);
        Assert.Equal(0, until.Ticks % unit.Ticks);
    }
}
