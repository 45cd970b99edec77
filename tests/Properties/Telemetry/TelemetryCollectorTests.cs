using Rx.Kafka.Diagnostics;
using Rx.Kafka.Properties.Diagnostics;
using Rx.Kafka.Telemetry;

namespace Rx.Kafka.Properties.Telemetry;

/// <summary>L58: who listens to what. Other tests' listeners would be seen here too.</summary>
[Collection(Alone.Name)]
public sealed class TelemetryCollectorTests
{
    private static readonly List<TelemetryMetric> BatchSize = [.. TelemetryMetric.All.Where(static metric => metric.Name.Contains(".batch.size.", StringComparison.Ordinal))];

    private static readonly SentBatch Batch = new(Records: 10, WireBytes: 1000, PlainBytes: 2000, Limit: 16384, OpenedAt: TimeProvider.System.GetTimestamp());

    [Fact]
    [Law("L58")]
    public void Only_what_is_wanted_is_listened_to_and_only_until_the_end()
    {
        var instruments = PublishedInstruments.All();
        Assert.DoesNotContain(instruments, static instrument => instrument.Enabled);
        using (new TelemetryCollector("client", BatchSize, isDelta: true, TimeProvider.System))
        {
            Assert.Equal(["kafka.producer.batch.size"], instruments.Where(static instrument => instrument.Enabled).Select(static instrument => instrument.Name));
        }

        Assert.DoesNotContain(instruments, static instrument => instrument.Enabled);
    }

    [Fact]
    [Law("L58")]
    public void What_is_collected_is_of_this_producer_even_if_another_has_its_name()
    {
        using var metrics = new ProducerMetrics("one", TimeProvider.System);
        using var others = new ProducerMetrics("one", TimeProvider.System);
        using var collector = new TelemetryCollector(metrics.Client, BatchSize, isDelta: true, TimeProvider.System);
        metrics.Traffic.Sent("topic", Batch, isFirst: true);
        others.Traffic.Sent("topic", Batch, isFirst: true);
        Assert.Equal(1, Assert.Single(collector.Look().Instruments).Value.Whole.Count);
    }

    [Fact]
    public void Each_metric_is_read_from_an_instrument_that_there_is()
    {
        Assert.Empty(TelemetryMetric.All.Select(static metric => metric.Source).Except(PublishedInstruments.All().Select(static instrument => instrument.Name)));
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
        using var collector = new TelemetryCollector(metrics.Client, TelemetryMetric.All, isDelta: true, TimeProvider.System);
        var broker = new BrokerTags("host", 9092);
        Measure(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Measure(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(11_000, collector.Look().Instruments["kafka.producer.batch.records"].Whole.Total);

        void Measure(int times)
        {
            for (var i = 0; i < times; i++)
            {
                metrics.Traffic.Sent("topic", Batch, isFirst: true);
                metrics.Traffic.Answered(broker, 1000, Batch.OpenedAt);
            }
        }
    }
}
