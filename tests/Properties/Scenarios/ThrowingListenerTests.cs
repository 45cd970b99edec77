using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Rx.Kafka.Diagnostics;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Listeners to metrics and spans that throw: records go, outcomes come, dispose ends, and the log says it (design 4.12). They hear the whole process.</summary>
[Collection(Alone.Name)]
public class ThrowingListenerTests
{
    private const int ListenerThrew = 410;

    [Fact]
    public void A_listener_to_metrics_that_throws_costs_no_outcome()
    {
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == ProducerMetrics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>(static (_, _, _, _) => throw new InvalidOperationException("The listener throws."));
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => throw new InvalidOperationException("The listener throws."));
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => throw new InvalidOperationException("The listener throws."));
        listener.Start();
        Send(static _ => { });
    }

    [Theory]
    [InlineData("sample", false)]
    [InlineData("started", false)]
    [InlineData("stopped", false)]
    [InlineData("sample", true)]
    [InlineData("started", true)]
    [InlineData("stopped", true)]
    public void A_listener_to_spans_that_throws_costs_no_outcome(string where, bool eachRecord)
    {
        ActivitySamplingResult Sampled() => where == "sample" ? throw new InvalidOperationException("The listener throws.") : ActivitySamplingResult.AllDataAndRecorded;
        void Throw(string here)
        {
            if (here == where)
            {
                throw new InvalidOperationException("The listener throws.");
            }
        }

        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == SendTracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => Sampled(),
            ActivityStarted = _ => Throw("started"),
            ActivityStopped = _ => Throw("stopped"),
        };
        ActivitySource.AddActivityListener(listener);
        Send(options => options.TraceEachRecord = eachRecord);
    }

    private static void Send(Action<KafkaProducerOptions> configure)
    {
        var log = new EventLog();
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                var caller = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
                await world.Succeed("v");
                var acks = 0;
                using var counting = world.Producer.Acks.Subscribe(_ => acks++);
                world.Producer.OnNext(new Record("t", "pushed"));
                await world.Producer.FlushAsync();
                Assert.Same(caller, Activity.Current);
                caller.Stop();
                await world.Delay(10);
                Assert.Equal(1, acks);
                await Assert.ThrowsAsync<KafkaProduceException>(async () => await world.Producer.SendAsync(new Record("t", new byte[2_000_000])));
                await world.Producer.DisposeAsync();
                Assert.Equal(2, world.Log().Count);
            },
            configure: configure,
            logs: log);
        Assert.NotEqual(0, log.Count(ListenerThrew));
        Assert.Empty(log.Events.Where(static e => e.Level >= LogLevel.Error && e.Id != ListenerThrew).Select(static e => e.Text));
    }
}
