using System.Diagnostics.Metrics;
using System.Text;
using System.Text.RegularExpressions;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Properties.Architecture;

namespace Rx.Kafka.Properties.Diagnostics;

public sealed class ProducerMetricsTests
{
    private const string Introduction =
        """
        # Metrics and log events

        This file is generated from the code; `RX_UPDATE_DOCS=1 dotnet test tests/Properties --filter ProducerMetricsTests` writes it anew.

        The meter is `Rx.Kafka.Producer` (`System.Diagnostics.Metrics`: `AddMeter("Rx.Kafka.Producer")` in OpenTelemetry, or `dotnet-counters monitor --counters Rx.Kafka.Producer`). Each measurement carries
        `messaging.client.id`, the producer's `ClientId`. Names and attributes are those of OpenTelemetry's messaging conventions (1.44.0, where they are in development) where these have one; units are UCUM.
        Attributes are bounded: client, topic (`messaging.destination.name`), broker (`server.address`, `server.port`) and `error.type`, which is Kafka's name of the error, and `NETWORK_EXCEPTION` where no answer came.
        Everything is measured per batch, connection, request or answer, never per record, and costs nothing while nobody listens. What the Java client calls them: [java-metrics.md](java-metrics.md).


        """;

    private const string Events =
        """
        ## Traces

        The source is `Rx.Kafka.Producer` (`System.Diagnostics.ActivitySource`: `AddSource("Rx.Kafka.Producer")` in OpenTelemetry). While somebody listens, a record that is offered within a span
        carries its context in its headers (`traceparent`, `tracestate`, `baggage`, as the application's `DistributedContextPropagator` writes them; a `traceparent` that is there already stays), so a
        consumer continues that trace. Each batch is a span `send TOPIC` from its first record to its outcome: the child of its records' caller if they have one caller, else with links to at most 128 of them.
        With `TraceEachRecord` each record is a span of its own instead, and the headers name that one. Attributes: `messaging.system`, `messaging.operation.name`, `messaging.operation.type`,
        `messaging.client.id`, `messaging.destination.name`, `messaging.destination.partition.id`, `messaging.kafka.offset`, `messaging.batch.message_count`, `error.type`.

        ## Log events

        The category is `Rx.Kafka.Producer`. Each occurrence of trouble is one event. What an outage can bring in thousands is said once a second, with how many events were left out before it (`LeftOut`,
        or in the count); the counters count them all. Records that failed are logged only if perhaps nobody hears of them:
        not those of `SendAsync`, nor those of `OnNext` while `Deliveries` is observed.

        | Id | Level | Message |
        |---|---|---|

        """;

    [Fact]
    public void The_page_of_metrics_and_events_is_up_to_date()
    {
        var path = Repository.PathOf("docs", "diagnostics.md");
        var expected = Page();
        if (Environment.GetEnvironmentVariable("RX_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, expected);
        }

        var actual = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : string.Empty;
        Assert.True(
            string.Equals(expected, actual, StringComparison.Ordinal),
            "docs/diagnostics.md is out of date; write it anew with: RX_UPDATE_DOCS=1 dotnet test tests/Properties --filter ProducerMetricsTests");
    }

    [Fact]
    public void The_table_of_Javas_metrics_names_instruments_that_there_are()
    {
        var names = PublishedInstruments.All().Select(static instrument => instrument.Name).ToHashSet(StringComparer.Ordinal);
        var page = File.ReadAllText(Repository.PathOf("docs", "java-metrics.md"));
        var named = Regex.Matches(page, "`((kafka\\.producer|messaging\\.client\\.(sent|operation))\\.[a-z_.]+)`").Select(static match => match.Groups[1].Value).ToHashSet();
        Assert.NotEmpty(named);
        Assert.Empty(named.Except(names));
    }

    [Fact]
    public void The_dashboard_asks_for_instruments_that_there_are()
    {
        var names = PublishedInstruments.All().SelectMany(AsPrometheusNamesThem).ToHashSet(StringComparer.Ordinal);
        var dashboard = File.ReadAllText(Repository.PathOf("docs", "dashboard", "grafana.json"));
        var asked = Regex.Matches(dashboard, "(kafka_producer|messaging_client_(operation|sent))_[a-z_]+").Select(static match => match.Value).ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(asked);
        Assert.Empty(asked.Except(names));
    }

    /// <summary>A name, its unit, and what the kind of instrument adds.</summary>
    private static IEnumerable<string> AsPrometheusNamesThem(Instrument instrument)
    {
        var unit = instrument.Unit switch { "By" => "_bytes", "s" => "_seconds", _ => "" };
        var name = instrument.Name.Replace('.', '_') + unit;
        return instrument.GetType().Name.Split('`')[0] switch
        {
            "Histogram" => [$"{name}_bucket", $"{name}_sum", $"{name}_count"],
            "Counter" => [$"{name}_total"],
            _ => [name],
        };
    }

    // V7, with a listener too: tags are values, and their strings are there already.
    [Fact]
    public void Counting_allocates_nothing()
    {
        using var metrics = new ProducerMetrics("allocation", TimeProvider.System);
        using var counted = new MeterListener();
        var sum = 0L;
        counted.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == ProducerMetrics.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        counted.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref sum, value));
        counted.SetMeasurementEventCallback<int>((_, value, _, _) => Interlocked.Add(ref sum, value));
        counted.Start();
        CountAll(metrics, 1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        CountAll(metrics, 10_000);

        // The runtime may allocate a little when it compiles again; one object a count would be far more.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
        Assert.True(sum >= 11_000);
    }

    private static void CountAll(ProducerMetrics metrics, int times)
    {
        var broker = new BrokerTags("broker", 9092);
        for (var i = 0; i < times; i++)
        {
            metrics.Acknowledged(10);
            metrics.Traffic.Sent("topic", new SentBatch(10, 1000, 2000, 16384, 0), isFirst: true);
            metrics.Traffic.Decided("topic", 10, 0, "NOT_LEADER_OR_FOLLOWER");
            metrics.Traffic.Answered(broker, 1000, 0);
            metrics.Retried("NOT_LEADER_OR_FOLLOWER");
            metrics.Throttled(5);
        }
    }

    private static string Page()
    {
        var page = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        var instruments = PublishedInstruments.All();
        AppendTable(page, "Counters", "Counts", instruments.Where(static one => one is Counter<long> or Counter<double>));
        AppendTable(page, "Histograms", "Measures", instruments.Where(static one => one is Histogram<int> or Histogram<double>));
        AppendTable(page, "Gauges", "Shows", instruments.Where(static one => one.IsObservable));

        page.Append(Events.ReplaceLineEndings("\n"));
        foreach (var (_, message) in LogMessageTests.Messages.OrderBy(static pair => pair.Message.EventId))
        {
            page.Append($"| {message.EventId} | {message.Level} | {message.Message} |\n");
        }

        return page.ToString();
    }

    private static void AppendTable(StringBuilder page, string title, string verb, IEnumerable<Instrument> instruments)
    {
        page.Append($"## {title}\n\n| Name | Unit | {verb} |\n|---|---|---|\n");
        foreach (var instrument in instruments)
        {
            page.Append($"| `{instrument.Name}` | {instrument.Unit} | {instrument.Description} |\n");
        }

        page.Append('\n');
    }
}
