using System.Globalization;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Telemetry;

/// <summary>
/// Writes OTLP's MetricsData v1 (opentelemetry/proto/metrics/v1/metrics.proto): one resource, one scope, gauges and sums with double
/// values. Field numbers stand beside their names.
/// </summary>
internal sealed class OtlpMetrics
{
    private const uint Delta = 1; // AGGREGATION_TEMPORALITY_DELTA
    private const uint Cumulative = 2; // AGGREGATION_TEMPORALITY_CUMULATIVE

    private readonly ProtobufWriter _w = new();
    private readonly TelemetryLook _look;
    private readonly IReadOnlyList<BrokerStatus> _brokers;

    private OtlpMetrics(TelemetryLook look, IReadOnlyList<BrokerStatus> brokers) => (_look, _brokers) = (look, brokers);

    /// <summary>Writes what was measured.</summary>
    /// <param name="look">What was measured.</param>
    /// <param name="most">The most that a metric may be told for; what is told for more is left out.</param>
    /// <param name="rack">The client's rack, or null.</param>
    /// <param name="brokers">The brokers, which are named by their ids.</param>
    /// <returns>The bytes; empty = there is nothing to tell.</returns>
    public static ReadOnlyMemory<byte> Write(
        TelemetryLook look, TelemetryLabel most, string? rack, IReadOnlyList<BrokerStatus> brokers)
    {
        var metrics = new OtlpMetrics(look, brokers);
        return metrics.WriteAll(most, rack) ? metrics._w.Written : default;
    }

    private bool WriteAll(TelemetryLabel most, string? rack)
    {
        var resourceMetrics = _w.Begin(1); // MetricsData.resource_metrics
        var resource = _w.Begin(1); // ResourceMetrics.resource
        if (rack is not null)
        {
            Attribute(1, "client_rack", rack); // Resource.attributes
        }

        _w.End(resource);
        var scope = _w.Begin(2); // ResourceMetrics.scope_metrics
        var isAny = false;
        foreach (var metric in _look.Metrics.Where(metric => metric.Per <= most))
        {
            isAny |= Write(metric);
        }

        _w.End(scope);
        _w.End(resourceMetrics);
        return isAny;
    }

    private bool Write(TelemetryMetric metric)
    {
        var look = _look.Instruments[metric.Source];
        (string? Label, double Value)[] points = metric.Per == TelemetryLabel.None
            ? metric.Read(look.Whole) is { } whole ? [(null, whole)] : []
            : [.. look.Parts
                .Select(part => (Label: NameOf(metric.Per, part.Key), Value: metric.Read(part.Value)))
                .Where(static point => point.Value is not null)
                .Select(static point => (point.Label, point.Value!.Value))];
        if (points.Length == 0)
        {
            return false;
        }

        var message = _w.Begin(2); // ScopeMetrics.metrics
        _w.String(1, metric.Name); // Metric.name
        var data = _w.Begin(metric.IsSum ? 7 : 5); // Metric.sum, Metric.gauge
        foreach (var (label, value) in points)
        {
            Point(metric, label, value);
        }

        if (metric.IsSum)
        {
            _w.UInt(2, _look.IsDelta ? Delta : Cumulative); // Sum.aggregation_temporality
            _w.Bool(3, value: true); // Sum.is_monotonic
        }

        _w.End(data);
        _w.End(message);
        return true;
    }

    private void Point(TelemetryMetric metric, string? label, double value)
    {
        var point = _w.Begin(1); // Gauge.data_points, Sum.data_points
        if (metric.IsSum)
        {
            _w.Fixed64(2, Nanoseconds(_look.Since)); // NumberDataPoint.start_time_unix_nano
        }

        _w.Fixed64(3, Nanoseconds(_look.At)); // NumberDataPoint.time_unix_nano
        _w.Double(4, value); // NumberDataPoint.as_double
        if (label is not null)
        {
            Attribute(7, metric.Per == TelemetryLabel.Topic ? "topic" : "node_id", label); // NumberDataPoint.attributes
        }

        _w.End(point);
    }

    private void Attribute(int field, string key, string value)
    {
        var pair = _w.Begin(field);
        _w.String(1, key); // KeyValue.key
        var any = _w.Begin(2); // KeyValue.value
        _w.String(1, value); // AnyValue.string_value
        _w.End(any);
        _w.End(pair);
    }

    /// <summary>
    /// A broker as the Java client names it; one that is known no more by its address. There Selector puts the tag node-id = "node-" + id
    /// on the metrics of a connection, and TelemetryMetricNamingConvention changes the key to node_id, and no value.
    /// </summary>
    private string NameOf(TelemetryLabel per, SeriesKey key)
    {
        if (per == TelemetryLabel.Topic)
        {
            return key.Name!;
        }

        var broker = _brokers.FirstOrDefault(broker => broker.Port == key.Port && broker.Host.Equals(key.Name, StringComparison.Ordinal));
        return broker is null
            ? string.Create(CultureInfo.InvariantCulture, $"{key.Name}:{key.Port}")
            : string.Create(CultureInfo.InvariantCulture, $"node-{broker.Id}");
    }

    private static ulong Nanoseconds(DateTimeOffset time) => (ulong)Math.Max(0, (time - DateTimeOffset.UnixEpoch).Ticks) * 100;
}
