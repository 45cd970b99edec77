using Rx.Kafka.Concurrency;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Concurrency;

/// <summary>Deadlines after a standstill of the process (design 4.11).</summary>
public sealed class PunctualLookTests
{
    private static readonly VirtualTime Time = new();

    [Fact]
    public void After_a_standstill_nothing_is_over_for_a_moment()
    {
        var look = new PunctualLook(Time);
        look.Ask(At(1000));
        Assert.True(look.ComesTooEarly(At(9000), out var again));
        Assert.Equal(At(9100), again);
        Assert.True(look.ComesTooEarly(At(9099), out _));
        Assert.False(look.ComesTooEarly(At(9100), out _));
    }

    [Fact]
    public void A_look_in_time_decides()
    {
        var look = new PunctualLook(Time);
        look.Ask(At(1000));
        Assert.False(look.ComesTooEarly(At(1049), out _));
    }

    // A busy machine: each look comes much later than it was asked for.
    [Fact]
    public void A_process_that_is_always_late_finds_an_end_too()
    {
        var look = new PunctualLook(Time);
        look.Ask(At(1000));
        var now = At(1500);
        var looks = 1;
        for (; look.ComesTooEarly(now, out var again) && looks < 100; looks++)
        {
            now = again + At(400);
        }

        Assert.Equal(4, looks);
    }

    private static long At(double milliseconds) => Time.After(0, TimeSpan.FromMilliseconds(milliseconds));
}
