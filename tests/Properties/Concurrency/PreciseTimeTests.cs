using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Properties.Concurrency;

[Collection(Alone.Name)]
public sealed class PreciseTimeTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly PreciseTime _time;

    public PreciseTimeTests() => _time = new PreciseTime(_failures.Enqueue);

    public void Dispose() => _time.Dispose();

    // The 200 ms are for machines that do something else too; on an idle one it is 0.2 ms in the median and 1 to 2 at worst. A clock that is late is
    // late each time; one stall of its thread makes all timers of one round late.
    [Fact]
    public void A_timer_never_fires_early_and_soon_after()
    {
        var soon = 0.0;
        for (var round = 0; round < 5 && soon < 0.9; round++)
        {
            soon = ShareFiredSoon();
        }

        Assert.InRange(soon, 0.9, 1);
    }

    private double ShareFiredSoon()
    {
        const int Threads = 4;
        const int Timers = 200;
        var lateness = new ConcurrentBag<TimeSpan>();
        using var left = new CountdownEvent(Threads * Timers);

        RealThreads.Run(Threads, thread =>
        {
            var random = new Random(thread);
            for (var i = 0; i < Timers; i++)
            {
                var delay = TimeSpan.FromTicks(random.Next(300_000));
                var start = _time.GetTimestamp();
                _time.CreateTimer(_ => Fired(start, delay), state: null, delay, Timeout.InfiniteTimeSpan);
            }
        });

        Assert.True(left.Wait(Patience), $"{left.CurrentCount} timers did not fire.");
        Assert.True(lateness.Min() >= TimeSpan.Zero, $"A timer fired {lateness.Min()} early.");
        return lateness.Count(static late => late < TimeSpan.FromMilliseconds(200)) / (double)(Threads * Timers);

        void Fired(long start, TimeSpan delay)
        {
            lateness.Add(_time.GetElapsedTime(start) - delay);
            left.Signal();
        }
    }

    [Fact]
    public void Thousands_of_timers_fire_in_the_order_of_their_deadlines()
    {
        const int Timers = 5000;
        var random = new Random(1);
        var fired = new List<int>();
        var armed = new (long Earliest, long Latest)[Timers];
        using var end = new ManualResetEventSlim();

        for (var i = 0; i < Timers; i++)
        {
            var number = i;
            var delay = random.Next(0, 200);
            var timer = _time.CreateTimer(_ => Fired(number), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            var before = _time.GetTimestamp();
            timer.Change(TimeSpan.FromMilliseconds(delay), Timeout.InfiniteTimeSpan);
            var ticks = delay * (_time.TimestampFrequency / 1000);
            armed[i] = (before + ticks, _time.GetTimestamp() + ticks);
        }

        Assert.True(end.Wait(Patience));
        Assert.Equal(Timers, fired.Distinct().Count());
        var latestEarliest = long.MinValue;
        foreach (var number in fired.Where(number => armed[number].Earliest > armed[^1].Latest))
        {
            Assert.True(armed[number].Latest >= latestEarliest, "A timer fired after one with a later deadline.");
            latestEarliest = Math.Max(latestEarliest, armed[number].Earliest);
        }

        void Fired(int number)
        {
            fired.Add(number);
            if (fired.Count == Timers)
            {
                end.Set();
            }
        }
    }

    [Fact]
    public void No_callback_runs_after_its_timer_was_disposed_of()
    {
        const int Threads = 4;
        var ranAfter = 0;
        var fired = 0;

        RealThreads.Run(Threads, thread =>
        {
            var random = new Random(thread);
            for (var i = 0; i < 500; i++)
            {
                var isOver = new StrongBox<bool>();
                var timer = _time.CreateTimer(_ => Fired(isOver), state: null, Delay(random), Delay(random));
                for (var change = random.Next(5); change > 0; change--)
                {
                    Assert.True(timer.Change(Delay(random), Delay(random)));
                }

                if (i % 50 == 0)
                {
                    // Some are sure to have fired.
                    var seen = Volatile.Read(ref fired);
                    timer.Change(TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
                    Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref fired) != seen, Patience));
                }

                timer.DisposeAsync().AsTask().GetAwaiter().GetResult();
                Volatile.Write(ref isOver.Value, true);
                Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero));
            }
        });

        // Behind everything that could be due.
        FireOnce(TimeSpan.FromMilliseconds(2));
        Assert.Equal(0, ranAfter);

        void Fired(StrongBox<bool> isOver)
        {
            fired++;
            ranAfter += Volatile.Read(ref isOver.Value) ? 1 : 0;
        }

        static TimeSpan Delay(Random random) => TimeSpan.FromTicks(random.Next(3) * 2_000);
    }

    [Fact]
    public async Task DisposeAsync_waits_for_the_running_callback()
    {
        using var isRunning = new SemaphoreSlim(0);
        using var mayEnd = new ManualResetEventSlim();
        var hasEnded = false;
        var timer = _time.CreateTimer(_ => Run(), state: null, TimeSpan.Zero, Soon);
        await isRunning.WaitAsync();

        var disposal = timer.DisposeAsync();
        Assert.False(disposal.IsCompleted);
        mayEnd.Set();
        await disposal;
        Assert.True(Volatile.Read(ref hasEnded));

        void Run()
        {
            isRunning.Release();
            mayEnd.Wait();
            Volatile.Write(ref hasEnded, true);
        }
    }

    [Fact]
    public void A_periodic_timer_keeps_in_step_with_its_first_deadline()
    {
        using var end = new ManualResetEventSlim();
        var count = 0;
        var start = _time.GetTimestamp();
        var elapsed = TimeSpan.Zero;
        using var timer = _time.CreateTimer(_ => Fired(), state: null, Soon, Soon);

        Assert.True(end.Wait(Patience));
        Assert.True(elapsed >= 20 * Soon, $"20 periods of 5 ms took {elapsed}.");

        void Fired()
        {
            if (++count == 20)
            {
                elapsed = _time.GetElapsedTime(start);
                end.Set();
            }
        }
    }

    [Fact]
    public void A_callback_that_throws_is_reported_and_ends_nothing()
    {
        _time.CreateTimer(static _ => throw new InvalidOperationException("mine"), state: null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        FireOnce(Soon);
        Assert.Equal("mine", Assert.Single(_failures).Message);
    }

    // Else a loop that awaits a delay would run on the clock's thread, and no other timer could fire meanwhile.
    [Fact]
    public async Task What_awaits_a_delay_goes_on_elsewhere()
    {
        var clock = 0;
        using var timer = _time.CreateTimer(_ => clock = Environment.CurrentManagedThreadId, state: null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        for (var i = 0; i < 20; i++)
        {
            await OffContext();
            Assert.NotEqual(clock, Environment.CurrentManagedThreadId);
        }

        async Task OffContext()
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), _time).ConfigureAwait(false);
            Assert.NotEqual(clock, Environment.CurrentManagedThreadId);
            await Assert.ThrowsAsync<TimeoutException>(() => Task.Delay(Long, _time).WaitAsync(TimeSpan.FromMilliseconds(1), _time)).ConfigureAwait(false);
            Assert.NotEqual(clock, Environment.CurrentManagedThreadId);
        }
    }

    // V8
    [Fact]
    public void Nothing_wakes_the_thread_but_a_new_earliest_deadline()
    {
        using var other = new PreciseTime();
        using var first = _time.CreateTimer(static _ => { }, state: null, Long, Timeout.InfiniteTimeSpan);
        FireOnce(Soon);
        FireOnce(Soon, other);
        var before = _time.WakeUps;

        var timers = Enumerable.Range(1, 1000).Select(i => _time.CreateTimer(static _ => { }, state: null, Long + TimeSpan.FromSeconds(i), Long)).ToArray();
        foreach (var timer in timers)
        {
            timer.Change(2 * Long, Timeout.InfiniteTimeSpan);
            timer.Dispose();
        }

        FireOnce(TimeSpan.FromMilliseconds(50), other);
        Assert.Equal(before, _time.WakeUps);
        FireOnce(Soon);
    }

    [Fact]
    public void Changing_a_timer_allocates_nothing()
    {
        using var timer = _time.CreateTimer(static _ => { }, state: null, Long, Timeout.InfiniteTimeSpan);
        timer.Change(Long, Long);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            timer.Change(Long, Long);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(4294967295)]
    public void A_time_that_the_systems_timers_refuse_is_refused(long milliseconds)
    {
        var time = TimeSpan.FromMilliseconds(milliseconds);
        using var timer = _time.CreateTimer(static _ => { }, state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Assert.Throws<ArgumentOutOfRangeException>(() => timer.Change(time, Long));
        Assert.Throws<ArgumentOutOfRangeException>(() => timer.Change(Long, time));
        Assert.Throws<ArgumentOutOfRangeException>(() => _time.CreateTimer(static _ => { }, state: null, time, Long));
        Assert.True(timer.Change(TimeSpan.FromMilliseconds(4294967294), Timeout.InfiniteTimeSpan));
    }

    // V9
    [Fact]
    public void After_dispose_all_timers_are_dead()
    {
        var fired = 0;
        var timers = Enumerable.Range(0, 100)
            .Select(i => _time.CreateTimer(_ => Interlocked.Increment(ref fired), state: null, TimeSpan.FromMilliseconds(i / 10.0), TimeSpan.FromMilliseconds(1)))
            .ToArray();
        FireOnce(Soon);

        RealThreads.Run(4, _ => _time.Dispose());
        var atEnd = fired;

        Assert.All(timers, timer => Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero)));
        Assert.Throws<ObjectDisposedException>(() => _time.CreateTimer(static _ => { }, state: null, TimeSpan.Zero, TimeSpan.Zero));
        using var other = new PreciseTime();
        FireOnce(Soon, other);
        Assert.Equal(atEnd, fired);
    }

    [Fact]
    public void A_callback_may_end_its_own_clock()
    {
        using var end = new ManualResetEventSlim();
        _time.CreateTimer(_ => End(), state: null, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        Assert.True(end.Wait(Patience));
        _time.Dispose();

        void End()
        {
            _time.Dispose();
            end.Set();
        }
    }

    private void FireOnce(TimeSpan delay) => FireOnce(delay, _time);

    private static void FireOnce(TimeSpan delay, TimeProvider time)
    {
        using var fired = new ManualResetEventSlim();
        using var timer = time.CreateTimer(_ => fired.Set(), state: null, delay, Timeout.InfiniteTimeSpan);
        Assert.True(fired.Wait(Patience));
    }
}
