using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Properties.Architecture;

namespace Rx.Kafka.Properties.Diagnostics;

public sealed class ProducerMetricsTests
{
    private const string Introduction =
        """
        # Metrics and log events

        This file is generated from the code; `RX_UPDATE_DOCS=1 dotnet test tests/Properties --filter ProducerMetricsTests` writes it anew.

        ## Counters

        The meter is `Rx.Kafka.Producer` (`System.Diagnostics.Metrics`: `AddMeter("Rx.Kafka.Producer")` in OpenTelemetry, or `dotnet-counters monitor --counters Rx.Kafka.Producer`). Each measurement carries
        `messaging.client.id`, the producer's `ClientId`; `error.type` is Kafka's name of the error, and `NETWORK_EXCEPTION` where no answer came. All are sums that only grow. They are counted per
        batch, connection or answer, never per record, and cost nothing while nobody listens.

        | Counter | Unit | Counts |
        |---|---|---|

        """;

    private const string Events =
        """

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

    // V7, with a listener too: tags are values, and their strings are there already.
    [Fact]
    public void Counting_allocates_nothing()
    {
        using var metrics = new ProducerMetrics("allocation");
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
        counted.Start();
        CountAll(metrics, 1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        CountAll(metrics, 10_000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.True(sum >= 11_000);
    }

    private static void CountAll(ProducerMetrics metrics, int times)
    {
        for (var i = 0; i < times; i++)
        {
            metrics.Acknowledged(10);
            metrics.Retried("NOT_LEADER_OR_FOLLOWER");
            metrics.Throttled(5);
        }
    }

    private static string Page()
    {
        var page = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        foreach (var instrument in Instruments())
        {
            page.Append($"| `{instrument.Name}` | {instrument.Unit} | {instrument.Description} |\n");
        }

        page.Append(Events.ReplaceLineEndings("\n"));
        foreach (var (_, message) in LogMessageTests.Messages.OrderBy(static pair => pair.Message.EventId))
        {
            page.Append($"| {message.EventId} | {message.Level} | {message.Message} |\n");
        }

        return page.ToString();
    }

    /// <summary>Those of other tests' producers may come in between; they are the same.</summary>
    private static IEnumerable<Instrument> Instruments()
    {
        var instruments = new ConcurrentDictionary<string, Instrument>(StringComparer.Ordinal);
        using var metrics = new ProducerMetrics("page");
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == ProducerMetrics.MeterName)
            {
                instruments.TryAdd(instrument.Name, instrument);
            }
        };
        listener.Start();
        return instruments.Values.OrderBy(static instrument => instrument.Name, StringComparer.Ordinal);
    }
}
