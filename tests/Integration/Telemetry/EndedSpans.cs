using System.Diagnostics;
using OpenTelemetry;

namespace Rx.Kafka.Integration.Telemetry;

/// <summary>The spans that have ended, of the whole process. Any thread.</summary>
internal sealed class EndedSpans : BaseProcessor<Activity>
{
    private readonly List<Activity> _spans = [];

    public override void OnEnd(Activity data)
    {
        lock (_spans)
        {
            _spans.Add(data);
        }
    }

    public Activity? Find(Predicate<Activity> wanted)
    {
        lock (_spans)
        {
            return _spans.Find(wanted);
        }
    }
}
