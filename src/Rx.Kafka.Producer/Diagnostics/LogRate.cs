namespace Rx.Kafka.Diagnostics;

/// <summary>Lets one line a second through, with how many events it stands for. Any thread.</summary>
internal sealed class LogRate(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private long _count;
    private long _lastAt = long.MinValue;

    /// <summary>Counts events.</summary>
    /// <param name="count">How many.</param>
    /// <param name="total">How many since the last line, these included.</param>
    /// <returns>Whether to write a line now.</returns>
    public bool Passes(int count, out long total)
    {
        Interlocked.Add(ref _count, count);
        total = 0;
        var last = Volatile.Read(ref _lastAt);
        var now = time.GetTimestamp();
        if ((last != long.MinValue && time.GetElapsedTime(last, now) < Pause)
            || Interlocked.CompareExchange(ref _lastAt, now, last) != last)
        {
            return false;
        }

        total = Interlocked.Exchange(ref _count, 0);
        return true;
    }
}
