namespace Rx.Kafka.Telemetry;

/// <summary>A metric as brokers know it: a name of KIP-714 or of the Java client, read from an instrument of ours.</summary>
/// <param name="Name">Its whole name.</param>
/// <param name="Source">The instrument.</param>
/// <param name="Per">What it is told for.</param>
/// <param name="Read">Its value; null = there is nothing to tell.</param>
internal sealed record TelemetryMetric(string Name, string Source, TelemetryLabel Per, Func<Measured, double?> Read)
{
    private const string Prefix = "org.apache.kafka.producer.";
    private const string Instruments = "kafka.producer.";

    /// <summary>Whether it only grows: told as a sum, since the last push or since the broker asked. Else it is a gauge.</summary>
    public bool IsSum { get; private init; }

    /// <summary>All there are; those that KIP-714 asks for come first, those of which there may be many last.</summary>
    public static IReadOnlyList<TelemetryMetric> All { get; } =
    [
        .. Counted("connection.creation", "connections.opened", static m => m.Total, static m => m.Sum),
        .. Milliseconds("node.request.latency", "request.duration", TelemetryLabel.Node),

        // Of the answers that throttled; without any it is a zero, as in Java.
        Gauge("produce.throttle.time.avg", "throttle.time", static m => (m.Average ?? 0) * 1000),
        Gauge("produce.throttle.time.max", "throttle.time", static m => (m.Highest ?? 0) * 1000),
        .. Milliseconds("record.queue.time", "batch.queue_time"),

        .. Milliseconds("request.latency", "request.duration"),
        .. Counted("record.send", "batch.records", static m => m.Total, static m => m.Sum),
        .. Counted("record.error", "records.failed", static m => m.Total, static m => m.Sum),
        .. Counted("batch.split", "batches.split", static m => m.Total, static m => m.Sum),
        Gauge("batch.size.avg", "batch.size", static m => m.Average),
        Gauge("batch.size.max", "batch.size", static m => m.Highest),
        Gauge("compression.rate.avg", "batch.compression_ratio", static m => m.Average),
        Gauge("requests.in.flight", "requests.in_flight", static m => m.Sum),
        Gauge("metadata.age", "metadata.age", static m => m.Latest),
        Gauge("waiting.threads", "callers.blocked", static m => m.Latest),
        Gauge("buffer.total.bytes", "buffer.limit", static m => m.Latest),
        Sum("topic.record.send.total", "batch.records", TelemetryLabel.Topic, static m => m.Total),
        Sum("topic.byte.total", "bytes.sent", TelemetryLabel.Topic, static m => m.Total),
    ];

    private static TelemetryMetric[] Counted(string name, string source, Func<Measured, double?> total, Func<Measured, double> ofLate) =>
        [Sum($"{name}.total", source, TelemetryLabel.None, total), Gauge($"{name}.rate", source, m => ofLate(m) / m.Seconds)];

    private static TelemetryMetric[] Milliseconds(string name, string source, TelemetryLabel per = TelemetryLabel.None) =>
    [
        Gauge($"{name}.avg", source, static m => m.Average * 1000) with { Per = per },
        Gauge($"{name}.max", source, static m => m.Highest * 1000) with { Per = per },
    ];

    private static TelemetryMetric Gauge(string name, string source, Func<Measured, double?> read) =>
        new(Prefix + name, Instruments + source, TelemetryLabel.None, read);

    private static TelemetryMetric Sum(string name, string source, TelemetryLabel per, Func<Measured, double?> read) =>
        new(Prefix + name, Instruments + source, per, read) { IsSum = true };
}

/// <summary>What a metric is told for; what there may be more of is higher, and left out first.</summary>
internal enum TelemetryLabel
{
    /// <summary>The whole producer.</summary>
    None,

    /// <summary>Each broker.</summary>
    Node,

    /// <summary>Each topic.</summary>
    Topic,
}

/// <summary>What an instrument measured.</summary>
/// <param name="Count">How often since the last look.</param>
/// <param name="Sum">In sum since the last look.</param>
/// <param name="Max">The highest value since the last look.</param>
/// <param name="Total">In sum since the last push or since the broker asked, as it wishes.</param>
/// <param name="Seconds">How long ago the last look was.</param>
internal readonly record struct Measured(long Count, double Sum, double Max, double Total, double Seconds)
{
    public double? Average => Count > 0 ? Sum / Count : null;

    public double? Highest => Count > 0 ? Max : null;

    /// <summary>Of a gauge, which measures once at each look.</summary>
    public double? Latest => Count > 0 ? Sum : null;
}
