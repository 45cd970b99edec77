namespace Rx.Kafka.Integration.Embedded;

/// <summary>The system's clock, which counts the timers that were made and not disposed.</summary>
internal sealed class CountedTimers : TimeProvider
{
    private int _made;
    private int _left;

    public int Made => Volatile.Read(ref _made);

    public int Left => Volatile.Read(ref _left);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _made);
        Interlocked.Increment(ref _left);
        return new Counted(this, base.CreateTimer(callback, state, dueTime, period));
    }

    private sealed class Counted(CountedTimers owner, ITimer timer) : ITimer
    {
        private int _ended;

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            End();
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            End();
            return timer.DisposeAsync();
        }

        private void End()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                Interlocked.Decrement(ref owner._left);
            }
        }
    }
}
