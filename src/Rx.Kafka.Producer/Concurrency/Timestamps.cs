namespace Rx.Kafka.Concurrency;

/// <summary>Arithmetic on a time provider's timestamps (monotonic, in its own unit). long.MaxValue = never.</summary>
internal static class Timestamps
{
    /// <summary>The timestamp a while after another.</summary>
    public static long After(this TimeProvider time, long timestamp, TimeSpan span)
    {
        var units = span.Ticks * ((double)time.TimestampFrequency / TimeSpan.TicksPerSecond);
        return units >= long.MaxValue - timestamp ? long.MaxValue : timestamp + (long)Math.Ceiling(units);
    }

    /// <summary>
    /// How long until a timestamp, zero if it is past, infinite if never. Rounded up to whole milliseconds, as the system's timers cut
    /// them off; our own clock takes it as it is.
    /// </summary>
    public static TimeSpan Until(this TimeProvider time, long now, long timestamp)
    {
        if (timestamp == long.MaxValue)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var unit = time is PreciseTime ? 1d : TimeSpan.TicksPerMillisecond;
        var ticks = Math.Ceiling(Math.Max(0, timestamp - now) * (TimeSpan.TicksPerSecond / unit) / time.TimestampFrequency) * unit;

        // The longest that every timer takes; who is woken early waits again.
        return TimeSpan.FromTicks((long)Math.Min(ticks, int.MaxValue * (double)TimeSpan.TicksPerMillisecond));
    }

    /// <summary>
    /// The span minus half a millisecond, at least half of it: our own timers fire 0 to 1 ms late, so the mean is the span (ADR 2).
    /// </summary>
    public static TimeSpan OnAverage(this TimeProvider time, TimeSpan span)
    {
        var early = time is PreciseTime ? TimeSpan.FromMilliseconds(0.5) : TimeSpan.Zero;
        return span - (early < span / 2 ? early : span / 2);
    }
}
