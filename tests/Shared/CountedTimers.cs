namespace Rx.Kafka.Tests;

/// <summary>Another clock, whose timers are counted. Any thread.</summary>
internal sealed class CountedTimers(TimeProvider clock) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly HashSet<Counted> _timers = [];
    private int _made;
    private int _fired;

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public int Made => Volatile.Read(ref _made);

    /// <summary>How often any of them fired.</summary>
    public int Fired => Volatile.Read(ref _fired);

    /// <summary>Those that are not disposed.</summary>
    public int Timers => Count(static _ => true);

    /// <summary>Those that wait for their time.</summary>
    public int Armed => Count(static timer => timer.IsArmed);

    public override long GetTimestamp() => clock.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Counted(this, callback, state);
        Interlocked.Increment(ref _made);
        lock (_lock)
        {
            _timers.Add(timer);
        }

        timer.Start(clock, dueTime, period);
        return timer;
    }

    private int Count(Func<Counted, bool> which)
    {
        lock (_lock)
        {
            return _timers.Count(which);
        }
    }

    private sealed class Counted(CountedTimers owner, TimerCallback callback, object? state) : ITimer
    {
        private ITimer _timer = null!;

        public bool IsArmed { get; private set; }

        public void Start(TimeProvider clock, TimeSpan dueTime, TimeSpan period)
        {
            _timer = clock.CreateTimer(static timer => ((Counted)timer!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            IsArmed = dueTime != Timeout.InfiniteTimeSpan;
            _timer.Change(dueTime, period); // it may fire at once, and what fires may use it
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = _timer.Change(dueTime, period);
            IsArmed = changed && dueTime != Timeout.InfiniteTimeSpan;
            return changed;
        }

        public void Dispose()
        {
            IsArmed = false;
            _timer.Dispose();
            lock (owner._lock)
            {
                owner._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Fire()
        {
            IsArmed = false;
            Interlocked.Increment(ref owner._fired);
            callback(state);
        }
    }
}
