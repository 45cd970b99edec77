using System.Diagnostics.Metrics;
using System.Globalization;
using Rx.Kafka.Diagnostics;

namespace Rx.Kafka.Properties.Diagnostics;

/// <summary>What the counters of one client's producers counted. Any thread.</summary>
internal sealed class Counted : IDisposable
{
    private const string Prefix = "kafka.producer.";

    private readonly SortedDictionary<string, double> _sums = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly string _client;

    public Counted(string client)
    {
        _client = client;
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == ProducerMetrics.MeterName && IsCounter(instrument))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>"batches.retried{NOT_LEADER_OR_FOLLOWER} = 1", sorted; only what is not 0.</summary>
    public IReadOnlyList<string> Sums
    {
        get
        {
            lock (_sums)
            {
                return [.. _sums.Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} = {pair.Value}"))];
            }
        }
    }

    /// <summary>The sum of one counter, whatever its tags.</summary>
    public double Of(string name)
    {
        lock (_sums)
        {
            return _sums.Where(pair => pair.Key.Split('{')[0] == name).Sum(static pair => pair.Value);
        }
    }

    public void Clear()
    {
        lock (_sums)
        {
            _sums.Clear();
        }
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>Of events, not of what goes through.</summary>
    private static bool IsCounter(Instrument instrument) =>
        instrument is Counter<long> or Counter<double> && instrument.Name.StartsWith(Prefix, StringComparison.Ordinal)
        && instrument.Name != Prefix + "bytes.sent";

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // Other tests' producers are heard too, and must not be disturbed, by allocations neither.
        if (Tag(tags, ProducerMetrics.ClientIdTag) != _client)
        {
            return;
        }

        lock (_sums)
        {
            var key = instrument.Name[Prefix.Length..] + (Tag(tags, ProducerMetrics.ErrorTag) is { } error ? $"{{{error}}}" : "");
            _sums[key] = _sums.GetValueOrDefault(key) + value;
        }
    }

    private static string? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var (key, value) in tags)
        {
            if (key == name)
            {
                return (string?)value;
            }
        }

        return null;
    }
}
