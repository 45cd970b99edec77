namespace Rx.Kafka.Properties.Network.Scripted;

/// <summary>A clock that stands still until it is moved; its timers fire on the thread that moves it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<ManualTimer> _timers = [];
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers that are not disposed.</summary>
    public int Timers => _timers.Count;

    /// <summary>How often any timer fired.</summary>
    public int Fired { get; private set; }

    /// <summary>When the next timer fires; long.MaxValue if none does.</summary>
    public long NextDue => _timers.Count == 0 ? long.MaxValue : _timers.Min(t => t.Due);

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        _timers.Add(timer);
        return timer;
    }

    /// <summary>Moves to a time and fires what is due by then.</summary>
    public void MoveTo(long timestamp)
    {
        _now = Math.Max(_now, timestamp);
        while (_timers.FirstOrDefault(t => t.Due <= _now) is { } due)
        {
            due.Due = long.MaxValue;
            Fired++;
            due.Fire();
        }
    }

    private sealed class ManualTimer(ManualTime time, Action fire) : ITimer
    {
        public long Due { get; set; } = long.MaxValue;

        public Action Fire { get; } = fire;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Assert.Equal(Timeout.InfiniteTimeSpan, period);
            Due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : time._now + dueTime.Ticks;
            return true;
        }

        public void Dispose() => time._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
