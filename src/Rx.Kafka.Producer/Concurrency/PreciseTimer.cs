namespace Rx.Kafka.Concurrency;

/// <summary>A timer of <see cref="PreciseTime"/>, which owns all of its state under its lock.</summary>
internal sealed class PreciseTimer(PreciseTime time, TimerCallback callback, object? state) : ITimer
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>The timestamp at which it is to fire.</summary>
    public long Due { get; set; }

    /// <summary>Which of two with the same deadline was armed first.</summary>
    public long Order { get; set; }

    /// <summary>Its place in the heap, −1 while not armed.</summary>
    public int Index { get; set; } = -1;

    /// <summary>Timestamp ticks from one firing to the next; 0 = fires once.</summary>
    public long Period { get; set; }

    public bool IsDisposed { get; set; }

    /// <summary>Made by who waits for the running callback.</summary>
    public TaskCompletionSource? CallbackEnd { get; set; }

    /// <inheritdoc/>
    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        return time.Arm(this, dueTime, period);
    }

    public void Invoke() => callback(state);

    /// <summary>Ends the timer; its callback may be running still.</summary>
    public void Dispose() => _ = time.End(this);

    /// <summary>Ends the timer and waits for its running callback, so do not await it there.</summary>
    public ValueTask DisposeAsync() => new(time.End(this));

    private static void Check(TimeSpan value, string name)
    {
        if (value != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, name);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Longest, name);
        }
    }
}
