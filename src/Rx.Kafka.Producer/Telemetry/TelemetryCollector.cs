using System.Diagnostics.Metrics;
using Rx.Kafka.Diagnostics;

namespace Rx.Kafka.Telemetry;

/// <summary>
/// Listens to the producers' instruments, but only to those of which the cluster wants something. It is there while there is a
/// subscription, so without one nothing is paid. Control loop, but measurements come from wherever they are made.
/// </summary>
internal sealed class TelemetryCollector : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Dictionary<string, MeasuredInstrument> _instruments;
    private readonly MeterListener _listener = new();
    private readonly DateTimeOffset _begun;
    private DateTimeOffset _pushed;
    private DateTimeOffset _taken;
    private long _takenAt;

    /// <summary>Begins to listen.</summary>
    /// <param name="client">What the producer's measurements carry, and no other's.</param>
    /// <param name="metrics">What is wanted.</param>
    /// <param name="isDelta">Whether sums are told since the last push.</param>
    /// <param name="time">The clock.</param>
    public TelemetryCollector(object client, IReadOnlyList<TelemetryMetric> metrics, bool isDelta, TimeProvider time)
    {
        _time = time;
        Metrics = metrics;
        IsDelta = isDelta;
        _begun = _pushed = _taken = time.GetUtcNow();
        _takenAt = time.GetTimestamp();
        _instruments = metrics.GroupBy(static metric => metric.Source, StringComparer.Ordinal).ToDictionary(
            static source => source.Key,
            source => new MeasuredInstrument(client, source.Max(static metric => metric.Per)),
            StringComparer.Ordinal);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, Instruments.Meter) && _instruments.TryGetValue(instrument.Name, out var measured))
            {
                listener.EnableMeasurementEvents(instrument, measured);
            }
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, to) => Record(value, tags, to));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, to) => Record(value, tags, to));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, to) => Record(value, tags, to));
        _listener.Start();
    }

    /// <summary>What is collected.</summary>
    public IReadOnlyList<TelemetryMetric> Metrics { get; }

    public bool IsDelta { get; }

    /// <summary>What was measured since the last look.</summary>
    public TelemetryLook Look()
    {
        _listener.RecordObservableInstruments();
        var now = _time.GetTimestamp();
        var seconds = Math.Max(0.001, _time.GetElapsedTime(_takenAt, now).TotalSeconds);
        var looks = _instruments.ToDictionary(
            static pair => pair.Key, pair => pair.Value.Take(IsDelta, seconds), StringComparer.Ordinal);
        (_taken, _takenAt) = (_time.GetUtcNow(), now);
        return new TelemetryLook(Metrics, looks, IsDelta) { Since = IsDelta ? _pushed : _begun, At = _taken };
    }

    /// <summary>A broker has what the last look gave.</summary>
    public void Pushed()
    {
        _pushed = _taken;
        foreach (var instrument in _instruments.Values)
        {
            instrument.Pushed();
        }
    }

    /// <summary>Listens no more.</summary>
    public void Dispose() => _listener.Dispose();

    private static void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? measured) =>
        (measured as MeasuredInstrument)?.Record(value, tags);
}

/// <summary>All that is pushed at once.</summary>
/// <param name="Metrics">What is wanted.</param>
/// <param name="Instruments">What they are read from, by name.</param>
/// <param name="IsDelta">Whether sums count from the last push on.</param>
internal sealed record TelemetryLook(
    IReadOnlyList<TelemetryMetric> Metrics, IReadOnlyDictionary<string, InstrumentLook> Instruments, bool IsDelta)
{
    /// <summary>From when on sums count.</summary>
    public required DateTimeOffset Since { get; init; }

    public required DateTimeOffset At { get; init; }
}
