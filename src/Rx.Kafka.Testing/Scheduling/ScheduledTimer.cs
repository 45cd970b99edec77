using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.Kafka.Testing.Scheduling;

/// <summary>A timer whose callbacks are work of an Rx scheduler. Any thread, if the scheduler is.</summary>
internal sealed class ScheduledTimer(IScheduler scheduler, TimerCallback callback, object? state) : ITimer
{
    private readonly Lock _lock = new();
    private readonly ExecutionContext? _context = ExecutionContext.Capture();

    /// <summary>Which arming is the present one: work of an earlier one does nothing, even if it could not be cancelled any more.</summary>
    private long _arming;
    private TimeSpan _period;
    private IDisposable? _work;
    private bool _isDisposed;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        CheckTime(dueTime, nameof(dueTime));
        CheckTime(period, nameof(period));
        long arming;
        IDisposable? before;
        lock (_lock)
        {
            if (_isDisposed)
            {
                return false;
            }

            arming = ++_arming;
            _period = period;
            (before, _work) = (_work, null);
        }

        before?.Dispose();
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            Schedule(arming, dueTime);
        }

        return true;
    }

    public void Dispose()
    {
        IDisposable? before;
        lock (_lock)
        {
            _isDisposed = true;
            _arming++;
            (before, _work) = (_work, null);
        }

        before?.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    // Without the lock: a scheduler is foreign code, and may run the work before this returns.
    private void Schedule(long arming, TimeSpan dueTime)
    {
        var work = scheduler.Schedule((Timer: this, Arming: arming), dueTime, static (_, due) =>
        {
            due.Timer.Fire(due.Arming);
            return Disposable.Empty;
        });
        lock (_lock)
        {
            if (arming == _arming)
            {
                _work = work;
                return;
            }
        }

        work.Dispose();
    }

    private void Fire(long arming)
    {
        TimeSpan period;
        lock (_lock)
        {
            if (arming != _arming)
            {
                return;
            }

            period = _period;
            arming = ++_arming;
        }

        // Armed again before the callback, which may change or end it.
        if (period > TimeSpan.Zero)
        {
            Schedule(arming, period);
        }

        if (_context is null)
        {
            callback(state);
        }
        else
        {
            ExecutionContext.Run(_context, static timer => ((ScheduledTimer)timer!).Call(), this);
        }
    }

    private void Call() => callback(state);

    private static void CheckTime(TimeSpan value, string name)
    {
        if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, value, "A timer's time must not be negative; Timeout.InfiniteTimeSpan means never.");
        }
    }
}
