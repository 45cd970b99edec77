using System.Diagnostics.Metrics;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Telemetry;

namespace Rx.Kafka.Properties.Telemetry;

/// <summary>L58: who listens to what.</summary>
public sealed class TelemetryCollectorTests
{
    [Fact]
    [Law("L58")]
    public void Only_what_is_wanted_is_listened_to_and_only_until_the_end()
    {
        using var metrics = new ProducerMetrics("wanted", TimeProvider.System);
        using var others = new ProducerMetrics("of another producer", TimeProvider.System);
        var (own, foreign) = (Instruments(metrics), Instruments(others));
        var wanted = TelemetryMetric.All.Where(static metric => metric.Name.Contains(".batch.size.", StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(own, static instrument => instrument.Enabled);
        using (new TelemetryCollector(metrics.Meter, wanted, isDelta: true, TimeProvider.System))
        {
            Assert.DoesNotContain(foreign, static instrument => instrument.Enabled);
            Assert.Equal(["kafka.producer.batch.size"], own.Where(static instrument => instrument.Enabled).Select(static instrument => instrument.Name));
        }

        Assert.DoesNotContain(own.Concat(foreign), static instrument => instrument.Enabled);
    }

    [Fact]
    public void Each_metric_is_read_from_an_instrument_that_there_is()
    {
        using var metrics = new ProducerMetrics("names", TimeProvider.System);
        metrics.AddGates(static () => new ProducerStatus());
        Assert.Empty(TelemetryMetric.All.Select(static metric => metric.Source).Except(Instruments(metrics).Select(static instrument => instrument.Name)));
        Assert.Equal(TelemetryMetric.All.Count, TelemetryMetric.All.Select(static metric => metric.Name).Distinct().Count());
    }

    // What KIP-714 demands of each producer.
    [Fact]
    public void The_required_metrics_come_first() => Assert.Equal(
        [
            "connection.creation.total", "connection.creation.rate", "node.request.latency.avg", "node.request.latency.max",
            "produce.throttle.time.avg", "produce.throttle.time.max", "record.queue.time.avg", "record.queue.time.max",
        ],
        TelemetryMetric.All.Take(8).Select(static metric => metric.Name["org.apache.kafka.producer.".Length..]));

    // V7, as long as topics and brokers are those that were seen before.
    [Fact]
    public void What_is_collected_allocates_nothing()
    {
        using var metrics = new ProducerMetrics("allocation", TimeProvider.System);
        using var collector = new TelemetryCollector(metrics.Meter, TelemetryMetric.All, isDelta: true, TimeProvider.System);
        var broker = new BrokerTags("host", 9092);
        var sent = new SentBatch(Records: 10, WireBytes: 1000, PlainBytes: 2000, Limit: 16384, OpenedAt: TimeProvider.System.GetTimestamp());
        Measure(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Measure(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(11_000, collector.Look().Instruments["kafka.producer.batch.records"].Whole.Total);

        void Measure(int times)
        {
            for (var i = 0; i < times; i++)
            {
                metrics.Traffic.Sent("topic", sent, isFirst: true);
                metrics.Traffic.Answered(broker, 1000, sent.OpenedAt);
            }
        }
    }

    private static List<Instrument> Instruments(ProducerMetrics metrics)
    {
        var instruments = new List<Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter, metrics.Meter))
            {
                instruments.Add(instrument);
            }
        };
        listener.Start();
        return instruments;
    }
}
