using System.Diagnostics.Metrics;

namespace Rx.Kafka.Diagnostics;

/// <summary>
/// The gates of a producer as gauges: read when somebody collects, so they cost nothing between. One look serves all gauges of one
/// collection. On the thread that collects.
/// </summary>
internal sealed class GateMetrics
{
    /// <summary>A look is as good for so long.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(100);

    private readonly Func<ProducerStatus> _look;
    private readonly TimeProvider _time;
    private readonly Meter _meter;
    private readonly KeyValuePair<string, object?> _client;
    private Look? _last;

    public GateMetrics(Meter meter, KeyValuePair<string, object?> client, Func<ProducerStatus> look, TimeProvider time)
    {
        (_meter, _client, _look, _time) = (meter, client, look, time);
        Gauge("buffer.used", "By", "Memory of records without outcome.", static status => status.BufferUsed);
        Gauge("buffer.limit", "By", "`BufferMemory`.", static status => status.BufferMemory);
        Gauge("records.waiting", "{record}", "Records that stand in line for memory or metadata.", static status => status.WaitingRecords);
        Gauge("callers.blocked", "{thread}", "Threads that are blocked in OnNext.", static status => status.BlockedCallers);
        Gauge("batches.open", "{batch}", "Batches that still take records.", static status => status.OpenBatches);
        Gauge("batches.undecided", "{batch}", "Batches without outcome, also open ones.", static status => status.UndecidedBatches);
        Gauge("deliveries.unobserved", "{delivery}", "Outcomes that observers have not returned from.",
            static status => status.UnobservedDeliveries);
        Seconds("records.oldest_age", "How long the oldest record without outcome has waited.", static status => status.OldestRecordAge);
        Seconds("metadata.age", "Since a broker last answered a question for metadata; nothing before the first answer.",
            static status => status.SinceMetadata);
        Brokers("requests.in_flight", "{request}", "Requests that the broker has not answered.", static broker => broker.RequestsInFlight);
        Brokers("connections.open", "{connection}", "Connections for records: 1 or 0 for each broker.",
            static broker => broker.IsConnected ? 1 : 0);
    }

    private ProducerStatus Status
    {
        get
        {
            var last = Volatile.Read(ref _last);
            if (last is null || _time.GetElapsedTime(last.At) >= Fresh)
            {
                last = new Look(_look(), _time.GetTimestamp());
                Volatile.Write(ref _last, last);
            }

            return last.Status;
        }
    }

    private void Gauge(string name, string unit, string description, Func<ProducerStatus, long> read) =>
        _meter.CreateObservableGauge(
            $"kafka.producer.{name}", () => new Measurement<long>(read(Status), _client), unit, description);

    private void Seconds(string name, string description, Func<ProducerStatus, TimeSpan?> read) =>
        _meter.CreateObservableGauge($"kafka.producer.{name}", () => Measure(read(Status)), "s", description);

    private Measurement<double>[] Measure(TimeSpan? time) => time is { } known ? [new(known.TotalSeconds, _client)] : [];

    private void Brokers(string name, string unit, string description, Func<BrokerStatus, int> read) =>
        _meter.CreateObservableGauge(
            $"kafka.producer.{name}", () => Status.Brokers.Select(broker => Of(broker, read(broker))), unit, $"{description} By broker.");

    private Measurement<int> Of(BrokerStatus broker, int value) =>
        new(value, _client, new(BrokerTags.AddressTag, broker.Host), new(BrokerTags.PortTag, broker.Port));

    private sealed record Look(ProducerStatus Status, long At);
}
