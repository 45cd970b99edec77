namespace Rx.Kafka.Concurrency;

/// <summary>
/// The system's clock with timers that keep to the millisecond: one thread sleeps to the earliest deadline; it starts when the first
/// timer is armed, and nothing wakes it while none is.
/// </summary>
/// <remarks>
/// The system's timers tick on a coarse clock: a 5 ms timer fires after 5.2 to 8.6 ms. Callbacks run on the thread, one at a time and in
/// the order of their deadlines, without the creator's execution context; they should only set signals. A timer never fires early.
/// </remarks>
internal sealed class PreciseTime : TimeProvider, IDisposable
{
    private const long Awake = long.MinValue;

    // Not a Lock: the thread sleeps in Monitor.Wait.
    private readonly object _sync = new();
    private readonly PreciseTimerHeap _timers = new();
    private readonly Action<Exception>? _callbackFailed;
    private readonly long _millisecond;
    private Thread? _thread;
    private PreciseTimer? _running;
    private long _wakeAt = Awake;
    private long _wakeUps;
    private bool _isDisposed;

    /// <summary>Makes a clock; its thread starts with the first timer that is armed.</summary>
    /// <param name="callbackFailed">Told, on the thread, of what a callback threw; must not throw itself. The thread goes on.</param>
    public PreciseTime(Action<Exception>? callbackFailed = null)
    {
        _callbackFailed = callbackFailed;
        _millisecond = TimestampFrequency / 1000;
    }

    /// <summary>How often the thread woke from its sleep so far; stands still while nothing is armed.</summary>
    public long WakeUps => Interlocked.Read(ref _wakeUps);

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The clock has ended, so the timer would never fire.</exception>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new PreciseTimer(this, callback, state);
        ObjectDisposedException.ThrowIf(!timer.Change(dueTime, period), this);
        return timer;
    }

    /// <summary>Ends the thread and all timers: when this returns, no callback runs or will run (but the one that called it).</summary>
    public void Dispose()
    {
        lock (_sync)
        {
            _isDisposed = true;
            _timers.Clear();
            Monitor.Pulse(_sync);
        }

        // Nobody starts it any more.
        if (_thread is { } thread && thread != Thread.CurrentThread)
        {
            thread.Join();
        }
    }

    /// <summary>Arms a timer again, or disarms it; false when it or the clock has ended.</summary>
    internal bool Arm(PreciseTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        var delay = dueTime == Timeout.InfiniteTimeSpan ? -1 : Ticks(dueTime);
        var interval = period == Timeout.InfiniteTimeSpan ? 0 : Ticks(period);
        lock (_sync)
        {
            if (_isDisposed || timer.IsDisposed)
            {
                return false;
            }

            _timers.Remove(timer);
            timer.Period = interval;
            if (delay >= 0)
            {
                var now = GetTimestamp();
                _timers.Add(timer, now + delay);
                _thread ??= Start();

                // Not for every new earliest deadline: its sleep, rounded up, may end no earlier than the one that is slept.
                if (now + (Milliseconds(delay) * _millisecond) < _wakeAt)
                {
                    _wakeAt = Awake;
                    Monitor.Pulse(_sync);
                }
            }

            return true;
        }
    }

    /// <summary>Ends a timer.</summary>
    /// <returns>Completed when its callback does not run, or not any more.</returns>
    internal Task End(PreciseTimer timer)
    {
        lock (_sync)
        {
            timer.IsDisposed = true;
            _timers.Remove(timer);
            return _running == timer
                ? (timer.CallbackEnd ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task
                : Task.CompletedTask;
        }
    }

    private Thread Start()
    {
        var thread = new Thread(Run) { IsBackground = true, Name = "Rx.Kafka clock" };
        thread.UnsafeStart();
        return thread;
    }

    private void Run()
    {
        // Continuations of awaits look at this: where there is a context of a derived type they go to the pool instead of running inline,
        // here.
        SynchronizationContext.SetSynchronizationContext(new PreciseTimeContext());
        while (Next() is { } timer)
        {
            try
            {
                timer.Invoke();
            }
            catch (Exception e)
            {
                _callbackFailed?.Invoke(e);
            }
        }
    }

    private PreciseTimer? Next()
    {
        lock (_sync)
        {
            _running?.CallbackEnd?.TrySetResult();
            _running = null;
            while (!_isDisposed)
            {
                var now = GetTimestamp();
                var first = _timers.First;
                if (first is not null && first.Due <= now)
                {
                    _timers.Remove(first);
                    Repeat(first, now);
                    return _running = first;
                }

                Sleep(first, now);
            }

            return null;
        }
    }

    private void Repeat(PreciseTimer timer, long now)
    {
        if (timer.Period > 0)
        {
            // In step with the first deadline, unless a whole period was missed: missed ones are not made up for.
            var next = timer.Due + timer.Period;
            _timers.Add(timer, next > now ? next : now + timer.Period);
        }
    }

    private void Sleep(PreciseTimer? first, long now)
    {
        var sleep = first is null ? Timeout.Infinite : (int)Math.Min(Milliseconds(first.Due - now), int.MaxValue);
        _wakeAt = first is null ? long.MaxValue : now + (sleep * _millisecond);
        Monitor.Wait(_sync, sleep);
        _wakeAt = Awake;
        _wakeUps++;
    }

    // Up, because waits truncate: one of 4.9 ms returned after 4.08.
    private long Milliseconds(long ticks) => (ticks + _millisecond - 1) / _millisecond;

    private long Ticks(TimeSpan time) => (long)Math.Ceiling(time.Ticks * ((double)TimestampFrequency / TimeSpan.TicksPerSecond));
}

/// <summary>
/// Marks the clock's thread as no place for continuations; what is posted to it goes to the pool, as the base class does.
/// </summary>
internal sealed class PreciseTimeContext : SynchronizationContext
{
    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;
}
