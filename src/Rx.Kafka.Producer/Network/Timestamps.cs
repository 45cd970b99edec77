namespace Rx.Kafka.Network;

/// <summary>Arithmetic on a time provider's timestamps (monotonic, in its own unit). long.MaxValue = never.</summary>
internal static class Timestamps
{
    /// <summary>The timestamp a while after another.</summary>
    public static long After(this TimeProvider time, long timestamp, TimeSpan span)
    {
        var units = span.Ticks * ((double)time.TimestampFrequency / TimeSpan.TicksPerSecond);
        return units >= long.MaxValue - timestamp ? long.MaxValue : timestamp + (long)Math.Ceiling(units);
    }

    /// <summary>How long until a timestamp, rounded up to whole milliseconds as timers are; zero if it is past, infinite if never.</summary>
    public static TimeSpan Until(this TimeProvider time, long now, long timestamp)
    {
        if (timestamp == long.MaxValue)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var milliseconds = Math.Ceiling(Math.Max(0, timestamp - now) * 1000d / time.TimestampFrequency);

        // The longest that every timer takes; who is woken early waits again.
        return TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue));
    }
}
