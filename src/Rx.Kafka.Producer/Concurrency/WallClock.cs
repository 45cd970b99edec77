using System.Runtime.InteropServices;

namespace Rx.Kafka.Concurrency;

/// <summary>
/// The wall clock for records' timestamps, in whole milliseconds. While appends are very frequent a published value stands in for the
/// real clock. Any thread.
/// </summary>
/// <remarks>
/// A read of the real clock costs 40 to 55 ns, a third of an append; publishing it every millisecond costs 12 ms of CPU a second, which
/// pays from about 240,000 appends a second. Published values are about 1 ms old at most; on an overloaded machine as much older as the
/// publisher's thread waits for a processor, but never older than the last call of <see cref="CountAppends"/> or <see cref="Refresh"/>,
/// and a publisher that finds itself late stops until the rate is proven again. What is returned never goes backwards, on all threads
/// together, unless the system's clock itself is set back; that is followed.
/// </remarks>
internal sealed class WallClock : IDisposable
{
    private const int WindowAppends = 24_000;
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(5);

    private readonly TimeProvider _time;
    private readonly ITimer? _ticks;
    private readonly Lock _deciding = new();

    private Shared _shared;
    private long _windowStart;
    private long _windowAppends;
    private long _lastTick;

    /// <summary>Makes a clock that publishes if the time's timers can keep a millisecond.</summary>
    public WallClock(TimeProvider time)
    {
        _time = time;
        _windowStart = time.GetTimestamp();
        _ticks = (time as PreciseTime)?.CreateTimer(
            static clock => ((WallClock)clock!).Publish(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Milliseconds since 1970, good for records: 1 to 2 ns while published.</summary>
    public long UnixMilliseconds() => Volatile.Read(ref _shared.IsPublished) ? Volatile.Read(ref _shared.Latest) : Refresh();

    /// <summary>Reads the real clock and makes what it says the published value, if one is published: for who reads it anyway.</summary>
    public long Refresh()
    {
        while (true)
        {
            // In this order: what was read before cannot be later than the clock is now, unless the clock was set back.
            var latest = Volatile.Read(ref _shared.Latest);
            var real = _time.GetUtcNow().ToUnixTimeMilliseconds();
            if (real == latest || Interlocked.CompareExchange(ref _shared.Latest, real, latest) == latest)
            {
                return real;
            }
        }
    }

    /// <summary>Counts appends, a batch's at a time (about 50 ns); their rate decides whether publishing pays.</summary>
    public void CountAppends(int count)
    {
        var appends = Interlocked.Add(ref _shared.Appends, count);
        if (Volatile.Read(ref _shared.IsPublished))
        {
            // Who appends has a processor, which the publisher may be waiting for.
            Refresh();
        }
        else if (_ticks is not null && appends - Volatile.Read(ref _windowAppends) >= WindowAppends)
        {
            Consider();
        }
    }

    /// <summary>Ends publishing, before the time ends; reads go on with the real clock.</summary>
    public void Dispose()
    {
        lock (_deciding)
        {
            _ticks?.Dispose();
            Volatile.Write(ref _shared.IsPublished, false);
        }
    }

    private void Consider()
    {
        lock (_deciding)
        {
            if (!_shared.IsPublished)
            {
                var isFrequent = AppendsOfWindow(out var now) >= WindowAppends && _time.GetElapsedTime(_windowStart, now) <= Window;
                OpenWindow(now);
                _lastTick = now;

                // Only if the timer can be armed: a clock that has ended would never withdraw the value.
                if (isFrequent && _ticks!.Change(Tick, Tick))
                {
                    Refresh();
                    Volatile.Write(ref _shared.IsPublished, true);
                }
            }
        }
    }

    private void Publish()
    {
        Refresh();
        lock (_deciding)
        {
            var appends = AppendsOfWindow(out var now);
            var isLate = _time.GetElapsedTime(_lastTick, now) > Late;
            var isOver = _time.GetElapsedTime(_windowStart, now) >= Window;
            _lastTick = now;

            // Half the rate is enough to go on, or it would flap.
            if (isLate || (isOver && appends < WindowAppends / 2))
            {
                Volatile.Write(ref _shared.IsPublished, false);
                _ticks!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }

            if (isLate || isOver)
            {
                OpenWindow(now);
            }
        }
    }

    private long AppendsOfWindow(out long now)
    {
        now = _time.GetTimestamp();
        return Interlocked.Read(ref _shared.Appends) - _windowAppends;
    }

    private void OpenWindow(long now)
    {
        _windowStart = now;
        Volatile.Write(ref _windowAppends, Interlocked.Read(ref _shared.Appends));
    }

    // What every append reads, and apart from it, on another cache line, what every batch writes.
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Shared
    {
        [FieldOffset(64)]
        public long Latest;

        [FieldOffset(72)]
        public bool IsPublished;

        [FieldOffset(128)]
        public long Appends;
    }
}
