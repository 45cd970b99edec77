using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Diagnostics;

/// <summary>
/// Writes at most one line a second, and leaves nothing out: what comes within the second is said at its end, the rest on dispose. For
/// lines that are the only notice of what they tell; where a counter tells it too, <see cref="LogRate"/> is enough. Any thread.
/// </summary>
/// <typeparam name="T">What a line tells of the last one.</typeparam>
internal sealed class LogTally<T> : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Action<long, T> _write;
    private readonly SerialWork _flush;
    private ITimer? _timer;
    private long _count;
    private T _last = default!;
    private long _writtenAt = long.MinValue;
    private bool _isDisposed;

    /// <param name="time">The clock.</param>
    /// <param name="scheduler">Where the rest is written: never on the clock's thread.</param>
    /// <param name="write">Writes a line: how many, and the last of them.</param>
    public LogTally(TimeProvider time, TaskScheduler scheduler, Action<long, T> write)
    {
        _time = time;
        _write = write;
        _flush = new SerialWork(Flush, scheduler);
    }

    /// <summary>Counts events; the first after a quiet second is written at once, by this thread.</summary>
    public void Add(int count, T last)
    {
        long total;
        lock (_lock)
        {
            _count += count;
            _last = last;
            if (_writtenAt != long.MinValue && _time.GetElapsedTime(_writtenAt) < Pause)
            {
                // Its timer writes the rest. After dispose there is none, and the next line says it.
                return;
            }

            total = Take();
        }

        _write(total, last);
    }

    /// <summary>Writes what is left. Later events are still written, one line a second, but the last ones may go unsaid.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _timer?.Dispose();
        }

        Flush();
    }

    private void Flush()
    {
        long total;
        T last;
        lock (_lock)
        {
            if (_count == 0)
            {
                return;
            }

            last = _last;
            total = Take();
        }

        _write(total, last);
    }

    /// <summary>Under the lock. Begins the next second.</summary>
    private long Take()
    {
        var total = _count;
        _count = 0;
        _last = default!;
        _writtenAt = _time.GetTimestamp();
        if (!_isDisposed)
        {
            _timer ??= _time.CreateTimer(
                static flush => ((SerialWork)flush!).Queue(), _flush, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(Pause, Timeout.InfiniteTimeSpan);
        }

        return total;
    }
}
