using HdrHistogram;

namespace Rx.Kafka.Tool.Showing;

/// <summary>How long records took: a histogram of bounded size, right to three digits. One thread at a time.</summary>
internal sealed class Latencies
{
    private const long LongestMicroseconds = 3_600_000_000;

    private readonly LongHistogram _microseconds = new(LongestMicroseconds, 3);

    /// <summary>Counts one.</summary>
    public void Add(TimeSpan latency) => _microseconds.RecordValue(Math.Clamp((long)latency.TotalMicroseconds, 0, LongestMicroseconds));

    /// <summary>What so many percent did not exceed; 100 is the longest, and of nothing it is zero.</summary>
    public TimeSpan At(double percentile) =>
        // The histogram has no percentile of nothing.
        TimeSpan.FromMicroseconds(_microseconds.TotalCount > 0 ? _microseconds.GetValueAtPercentile(percentile) : 0);
}
