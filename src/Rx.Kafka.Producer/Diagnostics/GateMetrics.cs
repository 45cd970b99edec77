using System.Collections.Immutable;
using System.Diagnostics.Metrics;

namespace Rx.Kafka.Diagnostics;

/// <summary>
/// The gates of all producers as gauges: read when somebody collects, so they cost nothing between. Any thread adds and removes producers;
/// read on the thread that collects.
/// </summary>
internal sealed class GateMetrics
{
    private readonly Meter _meter;
    private ImmutableArray<ProducerGates> _producers = [];

    public GateMetrics(Meter meter)
    {
        _meter = meter;
        Gauge("buffer.used", "By", "Memory of records without outcome.", static status => status.BufferUsed);
        Gauge("buffer.limit", "By", "`BufferMemory`.", static status => status.BufferMemory);
        Gauge("records.waiting", "{record}", "Records that stand in line for memory or metadata.", static status => status.WaitingRecords);
        Gauge("callers.blocked", "{thread}", "Threads that are blocked in OnNext.", static status => status.BlockedCallers);
        Gauge("batches.open", "{batch}", "Batches that still take records.", static status => status.OpenBatches);
        Gauge("batches.undecided", "{batch}", "Batches without outcome, also open ones.", static status => status.UndecidedBatches);
        Gauge("deliveries.unobserved", "{delivery}", "Outcomes that observers have not returned from, or interceptors of awaited records.",
            static status => status.UnobservedDeliveries);
        Seconds("records.oldest_age", "How long the oldest record without outcome has waited.", static status => status.OldestRecordAge);
        Seconds("metadata.age", "Since a broker last answered a question for metadata; nothing before the first answer.",
            static status => status.SinceMetadata);
        Brokers("requests.in_flight", "{request}", "Requests that the broker has not answered.", static broker => broker.RequestsInFlight);
        Brokers("connections.open", "{connection}", "Connections for records: 1 or 0 for each broker.",
            static broker => broker.IsConnected ? 1 : 0);
    }

    public void Add(ProducerGates producer) =>
        ImmutableInterlocked.Update(ref _producers, static (all, one) => all.Add(one), producer);

    public void Remove(ProducerGates producer) =>
        ImmutableInterlocked.Update(ref _producers, static (all, one) => all.Remove(one), producer);

    private void Gauge(string name, string unit, string description, Func<ProducerStatus, long> read) =>
        Observe<long>(name, unit, description, producer => [producer.Of(read(producer.Status))]);

    private void Seconds(string name, string description, Func<ProducerStatus, TimeSpan?> read) =>
        Observe<double>(name, "s", description, producer => read(producer.Status) is { } known ? [producer.Of(known.TotalSeconds)] : []);

    private void Brokers(string name, string unit, string description, Func<BrokerStatus, int> read) => Observe(
        name, unit, $"{description} By broker.", producer => producer.Status.Brokers.Select(broker => producer.Of(read(broker), broker)));

    private void Observe<T>(string name, string unit, string description, Func<ProducerGates, IEnumerable<Measurement<T>>> read)
        where T : struct =>
        _meter.CreateObservableGauge($"kafka.producer.{name}", () => _producers.SelectMany(read), unit, description);
}

/// <summary>The gates of one producer. One look serves all gauges of one collection.</summary>
internal sealed class ProducerGates(KeyValuePair<string, object?> client, Func<ProducerStatus> look, TimeProvider time)
{
    /// <summary>A look is as good for so long.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(100);

    private Look? _last;

    public ProducerStatus Status
    {
        get
        {
            var last = Volatile.Read(ref _last);
            if (last is null || time.GetElapsedTime(last.At) >= Fresh)
            {
                last = new Look(look(), time.GetTimestamp());
                Volatile.Write(ref _last, last);
            }

            return last.Status;
        }
    }

    public Measurement<T> Of<T>(T value)
        where T : struct => new(value, client);

    public Measurement<T> Of<T>(T value, BrokerStatus broker)
        where T : struct => new(value, client, new(BrokerTags.AddressTag, broker.Host), new(BrokerTags.PortTag, broker.Port));

    private sealed record Look(ProducerStatus Status, long At);
}
