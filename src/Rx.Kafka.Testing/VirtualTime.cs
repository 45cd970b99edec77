using Rx.Kafka.Testing.Simulating;

namespace Rx.Kafka.Testing;

/// <summary>A clock that stands still until it is moved. Its timers fire in the order of their deadlines, equal deadlines in the order of creation.</summary>
/// <remarks>
/// Alone it is moved by hand with <see cref="Advance"/>; in a <see cref="Simulation"/> it jumps to the next deadline whenever nothing else can run.
/// Resolution: 100 ns, without rounding. Wall clock (<see cref="GetUtcNow"/>) and monotonic clock (<see cref="GetTimestamp"/>) can be told apart with <see cref="ShiftWallClock"/>.
/// Safe from any thread; callbacks run on the thread that moves the clock.
/// </remarks>
public sealed class VirtualTime : TimeProvider
{
    // Not zero, so that code that takes 0 for "never" is not helped.
    private const long FirstTimestamp = TimeSpan.TicksPerHour;
    private static readonly DateTimeOffset FirstInstant = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly SortedSet<VirtualTimer> _armed = new(VirtualTimer.ByDeadline);
    private long _elapsed;
    private long _wallShift;
    private long _created;

    /// <summary>How much time has passed on this clock since it was made.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Volatile.Read(ref _elapsed));

    /// <summary>How many timers wait for their deadline.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_lock)
            {
                return _armed.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Told of every call that arms or changes a timer: the simulation counts those made off its thread.</summary>
    internal Action? Touched { get; set; }

    /// <inheritdoc/>
    public override long GetTimestamp() => FirstTimestamp + Volatile.Read(ref _elapsed);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => FirstInstant.AddTicks(Volatile.Read(ref _elapsed) + Volatile.Read(ref _wallShift));

    /// <summary>Moves the wall clock alone, as an administrator or NTP does; no timer fires and timestamps stay.</summary>
    /// <param name="by">How far; may be negative.</param>
    public void ShiftWallClock(TimeSpan by) => Interlocked.Add(ref _wallShift, by.Ticks);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, Interlocked.Increment(ref _created), callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock and fires what becomes due, one after another, on the calling thread; a callback sees the clock at its own deadline.</summary>
    /// <param name="by">How far; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var target = Volatile.Read(ref _elapsed) + by.Ticks;
        while (TakeDue(target) is { } timer)
        {
            timer.Fire();
        }

        lock (_lock)
        {
            _elapsed = Math.Max(_elapsed, target);
        }
    }

    /// <summary>Moves the clock and fires nothing: what becomes due is late by that much, as after a computer's sleep. In a simulation it is caught up step by step.</summary>
    /// <param name="by">How far; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative.</exception>
    public void Leap(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        lock (_lock)
        {
            _elapsed += by.Ticks;
        }
    }

    /// <summary>Jumps to the next deadline and fires that one timer on the calling thread.</summary>
    /// <returns>False: no timer is armed and nothing happened.</returns>
    public bool AdvanceToNextTimer()
    {
        if (TakeDue(long.MaxValue) is not { } timer)
        {
            return false;
        }

        timer.Fire();
        return true;
    }

    /// <summary>The deadline of the next timer as time on this clock; null = none is armed.</summary>
    internal TimeSpan? NextDeadline
    {
        get
        {
            lock (_lock)
            {
                return _armed.Min is { } first ? TimeSpan.FromTicks(first.Deadline) : null;
            }
        }
    }

    /// <summary>Takes the first timer due by a time, moves the clock to its deadline and arms it again if it repeats. The caller fires it.</summary>
    internal VirtualTimer? TakeDue(long target)
    {
        lock (_lock)
        {
            if (_armed.Min is not { } timer || timer.Deadline > target)
            {
                return null;
            }

            _armed.Remove(timer);
            _elapsed = Math.Max(_elapsed, timer.Deadline);
            if (timer.Period > 0)
            {
                timer.Deadline = _elapsed + timer.Period;
                _armed.Add(timer);
            }
            else
            {
                timer.Deadline = VirtualTimer.Never;
            }

            return timer;
        }
    }

    internal bool Arm(VirtualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        CheckTime(dueTime, nameof(dueTime));
        CheckTime(period, nameof(period));
        Touched?.Invoke();
        lock (_lock)
        {
            if (timer.Disposed)
            {
                return false;
            }

            _armed.Remove(timer);
            timer.Period = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks;
            timer.Deadline = VirtualTimer.Never;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                timer.Deadline = _elapsed + dueTime.Ticks;
                _armed.Add(timer);
            }

            return true;
        }
    }

    internal void Disarm(VirtualTimer timer)
    {
        lock (_lock)
        {
            _armed.Remove(timer);
            timer.Disposed = true;
        }
    }

    private static void CheckTime(TimeSpan value, string name)
    {
        if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, value, "A timer's time must not be negative; Timeout.InfiniteTimeSpan means never.");
        }
    }
}
