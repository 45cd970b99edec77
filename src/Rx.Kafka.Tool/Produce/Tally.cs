using Rx.Kafka.Tool.Showing;

namespace Rx.Kafka.Tool.Produce;

/// <summary>What became of the records so far. Any thread.</summary>
internal sealed class Tally(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Latencies _latency = new();
    private readonly SortedDictionary<string, long> _failures = new(StringComparer.Ordinal);
    private readonly long _begin = time.GetTimestamp();
    private long _acknowledged;
    private long _bytes;
    private long _offered;
    private long _read;

    /// <summary>Records, and lines that are none.</summary>
    public long Offered => Volatile.Read(ref _offered);

    /// <summary>Bytes of the input that were read.</summary>
    public long Read => Volatile.Read(ref _read);

    public void ReadMore(long bytes) => Interlocked.Add(ref _read, bytes);

    public void Take() => Interlocked.Increment(ref _offered);

    public void Acknowledge(in Outgoing record)
    {
        var latency = time.GetElapsedTime(record.Since);
        lock (_lock)
        {
            _acknowledged++;
            _bytes += record.Bytes;
            _latency.Add(latency);
        }
    }

    /// <summary>Counts a failure.</summary>
    /// <param name="kind">In two words, from a small set.</param>
    public void Fail(string kind)
    {
        lock (_lock)
        {
            _failures[kind] = _failures.GetValueOrDefault(kind) + 1;
        }
    }

    /// <summary>What there is now.</summary>
    public TallyLook Look()
    {
        lock (_lock)
        {
            return new TallyLook
            {
                Elapsed = time.GetElapsedTime(_begin),
                Offered = Offered,
                Acknowledged = _acknowledged,
                Bytes = _bytes,
                Failures = [.. _failures],
                Latency = [.. TallyLook.Percentiles.Select(_latency.At)],
            };
        }
    }
}

/// <summary>A look at a <see cref="Tally"/>.</summary>
internal sealed record TallyLook
{
    /// <summary>Which ones <see cref="Latency"/> has; 100 is the longest.</summary>
    public static IReadOnlyList<double> Percentiles { get; } = [50, 95, 99, 99.9, 100];

    public TimeSpan Elapsed { get; init; }

    public long Offered { get; init; }

    public long Acknowledged { get; init; }

    /// <summary>Bytes of keys and values that are acknowledged.</summary>
    public long Bytes { get; init; }

    /// <summary>How often which.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Failures { get; init; } = [];

    /// <summary>From reading a record until its acknowledgement, by <see cref="Percentiles"/>.</summary>
    public IReadOnlyList<TimeSpan> Latency { get; init; } = [];

    public long Failed => Failures.Sum(static failure => failure.Value);

    /// <summary>Acknowledged records a second.</summary>
    public double PerSecond => Acknowledged / Math.Max(Elapsed.TotalSeconds, 1e-6);

    /// <summary>Acknowledged bytes a second.</summary>
    public double BytesPerSecond => Bytes / Math.Max(Elapsed.TotalSeconds, 1e-6);
}
