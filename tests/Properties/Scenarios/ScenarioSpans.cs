using System.Diagnostics;
using Rx.Kafka.Diagnostics;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>
/// The callers of a run, each with a span of its own, and what a listener hears of the producer's. Listeners hear the whole process: a
/// client id of its own tells a run's spans from others.
/// </summary>
internal sealed class ScenarioSpans : IDisposable
{
    private static int _runs;

    private readonly ActivityListener _listener;

    public ScenarioSpans(ScenarioRun run)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == SendTracing.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = span => Hear(run.SpansStarted, span),
            ActivityStopped = span => Hear(run.SpansStopped, span),
        };
        ActivitySource.AddActivityListener(_listener);

        void Hear(List<Activity> spans, Activity span)
        {
            if (ClientId.Equals(span.GetTagItem(ProducerMetrics.ClientIdTag)))
            {
                spans.Add(span);
            }
        }
    }

    /// <summary>The producer's.</summary>
    public string ClientId { get; } = $"scenario-{Interlocked.Increment(ref _runs)}";

    /// <summary>A caller begins to offer: its span is the current one until it is disposed.</summary>
    public static Activity Begin() => new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();

    public void Dispose() => _listener.Dispose();
}
