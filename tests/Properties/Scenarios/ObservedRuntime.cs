using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>A simulation's runtime that counts which timers of the producer are armed.</summary>
internal sealed class ObservedRuntime : ProducerRuntime
{
    private readonly ProducerRuntime _inner;
    private readonly ObservedTime _time;

    public ObservedRuntime(Simulation simulation)
    {
        _inner = simulation.Runtime;
        Time = _time = new ObservedTime(simulation.Time);
        Scheduler = simulation.Scheduler;
        Random = simulation.Random;
    }

    public int ArmedTimers => _time.Armed;

    public override void Wait(Task task) => _inner.Wait(task);

    private sealed class ObservedTime(VirtualTime time) : TimeProvider
    {
        private readonly List<ObservedTimer> _timers = [];

        public int Armed => _timers.Count(static timer => timer.IsArmed);

        public override long TimestampFrequency => time.TimestampFrequency;

        public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

        public override long GetTimestamp() => time.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new ObservedTimer(callback, state);
            _timers.Add(timer);
            timer.Start(time, dueTime, period);
            return timer;
        }
    }

    private sealed class ObservedTimer(TimerCallback callback, object? state) : ITimer
    {
        private ITimer _timer = null!;

        public bool IsArmed { get; private set; }

        public void Start(TimeProvider time, TimeSpan dueTime, TimeSpan period)
        {
            IsArmed = dueTime != Timeout.InfiniteTimeSpan;
            _timer = time.CreateTimer(static timer => ((ObservedTimer)timer!).Fire(), this, dueTime, period);
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
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Fire()
        {
            IsArmed = false;
            callback(state);
        }
    }
}
