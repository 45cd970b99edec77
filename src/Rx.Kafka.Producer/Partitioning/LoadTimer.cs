using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Partitioning;

/// <summary>Has the tables of load made anew every 100 ms while batches leave; an idle producer has no wake-ups. Any thread.</summary>
internal sealed class LoadTimer : IDisposable
{
    private static readonly TimeSpan Age = TimeSpan.FromMilliseconds(100);

    private readonly ITimer _timer;
    private int _runs;

    /// <param name="update">Makes the tables anew; never twice at once.</param>
    /// <param name="time">The clock.</param>
    /// <param name="scheduler">Where that runs.</param>
    public LoadTimer(Action update, TimeProvider time, TaskScheduler scheduler)
    {
        var work = new SerialWork(Run, scheduler);
        _timer = time.CreateTimer(static work => ((SerialWork)work!).Queue(), work, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        void Run()
        {
            Volatile.Write(ref _runs, 0);
            update();
        }
    }

    /// <summary>A load changed: its table is due in 100 ms at the latest.</summary>
    public void Start()
    {
        if (Volatile.Read(ref _runs) == 0 && Interlocked.Exchange(ref _runs, 1) == 0)
        {
            _timer.Change(Age, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();
}
