using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Properties.Concurrency;

[Collection(Alone.Name)]
public sealed class WallClockTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Through starts and ends of publishing. A published value is as old as the publisher's thread was kept from running: a timer of the same thread tells.
    [Fact]
    public void It_never_goes_backwards_and_is_near_the_real_clock()
    {
        using var time = new PreciseTime();
        using var clock = new WallClock(time);
        using var watch = new LongestGap(time);
        var failures = new ConcurrentQueue<string>();
        var (oldest, published, shown) = (0L, 0L, 0L);
        var threads = Enumerable.Range(0, 3).Select(_ => new Thread(Read)).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Empty(failures);
        Assert.True(published > 0, "Publishing never began.");
        Assert.InRange(oldest, 0, 50 + (long)watch.End().TotalMilliseconds);

        void Read()
        {
            var start = time.GetTimestamp();
            var elapsed = TimeSpan.Zero;
            for (var i = 0; elapsed < TimeSpan.FromSeconds(1.5); i++)
            {
                // 40 ms of appends and 120 ms of silence, on all threads together.
                elapsed = time.GetElapsedTime(start);
                if (i % 100 == 0 && elapsed.Milliseconds % 160 < 40)
                {
                    clock.CountAppends(1000);
                }

                // What another thread was told before must not be later.
                var floor = Volatile.Read(ref shown);
                var before = time.GetUtcNow().ToUnixTimeMilliseconds();
                var now = clock.UnixMilliseconds();
                var after = time.GetUtcNow().ToUnixTimeMilliseconds();
                if (now < floor || now > after)
                {
                    failures.Enqueue($"{now} after {floor}, real {before} to {after}");
                    return;
                }

                if (now < before)
                {
                    Interlocked.Increment(ref published);
                    InterlockedMax(ref oldest, before - now);
                }

                InterlockedMax(ref shown, now);
            }
        }
    }

    // V8
    [Fact]
    public void Publishing_ends_when_appends_are_rare()
    {
        using var time = new PreciseTime();
        using var clock = new WallClock(time);
        var start = time.GetTimestamp();
        while (time.WakeUps < 10)
        {
            clock.CountAppends(1000);
            Assert.True(time.GetElapsedTime(start) < Patience, "Publishing never began.");
        }

        // A second clock tells when 50 ms have passed without a wake-up of the first, whose thread may be late: what it published is old then.
        using var other = new PreciseTime();
        var seen = -1L;
        var before = long.MaxValue;
        while (seen != time.WakeUps || clock.UnixMilliseconds() < before)
        {
            seen = time.WakeUps;
            Pause(other);
            Assert.True(time.GetElapsedTime(start) < Patience, "Publishing never ended.");
            before = time.GetUtcNow().ToUnixTimeMilliseconds();
        }
    }

    [Fact]
    public void At_a_low_rate_it_is_the_real_clock_and_wakes_nobody()
    {
        using var time = new PreciseTime();
        using var clock = new WallClock(time);
        var wakeUps = time.WakeUps;
        for (var i = 0; i < 20_000; i++)
        {
            clock.CountAppends(1);
            var before = time.GetUtcNow().ToUnixTimeMilliseconds();
            Assert.InRange(clock.UnixMilliseconds(), before, time.GetUtcNow().ToUnixTimeMilliseconds());
        }

        Assert.Equal(wakeUps, time.WakeUps);
    }

    [Fact]
    public void A_clock_that_is_set_back_is_followed()
    {
        var time = new FakeTimeProvider();
        using var clock = new WallClock(time);
        foreach (var now in (long[])[1000, 5000, 4999, 4999, 6000])
        {
            time.AdjustTime(DateTimeOffset.FromUnixTimeMilliseconds(now));
            Assert.Equal(now, clock.UnixMilliseconds());
            Assert.Equal(now, clock.Refresh());
        }

        clock.CountAppends(int.MaxValue);
        Assert.Equal(6000, clock.UnixMilliseconds());
    }

    private static void Pause(PreciseTime time)
    {
        using var passed = new ManualResetEventSlim();
        using var timer = time.CreateTimer(_ => passed.Set(), state: null, TimeSpan.FromMilliseconds(50), Timeout.InfiniteTimeSpan);
        Assert.True(passed.Wait(Patience));
    }

    private static void InterlockedMax(ref long target, long value)
    {
        var seen = Volatile.Read(ref target);
        while (seen < value && Interlocked.CompareExchange(ref target, value, seen) is var current && current != seen)
        {
            seen = current;
        }
    }

    /// <summary>The longest time for which a clock's thread did not run, though it was to run every millisecond.</summary>
    private sealed class LongestGap : IDisposable
    {
        private readonly PreciseTime _time;
        private readonly ITimer _timer;
        private readonly ManualResetEventSlim _ticked = new();
        private long _last;
        private TimeSpan _longest;

        public LongestGap(PreciseTime time)
        {
            _time = time;
            _last = time.GetTimestamp();
            _timer = time.CreateTimer(_ => Tick(), state: null, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        }

        public TimeSpan End()
        {
            _ticked.Reset();
            Assert.True(_ticked.Wait(Patience));
            return _longest;
        }

        public void Dispose()
        {
            _timer.Dispose();
            _time.Dispose();
            _ticked.Dispose();
        }

        private void Tick()
        {
            var gap = _time.GetElapsedTime(_last);
            _longest = gap > _longest ? gap : _longest;
            _last = _time.GetTimestamp();
            _ticked.Set();
        }
    }
}
