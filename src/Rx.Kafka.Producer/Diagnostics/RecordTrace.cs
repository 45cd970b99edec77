using System.Diagnostics;

namespace Rx.Kafka.Diagnostics;

/// <summary>What a record carries of a trace, from its offer to its outcome. Only while somebody listens.</summary>
/// <param name="context">The span that its headers name.</param>
/// <param name="span">A span of its own, which is that one; null = it is its caller's.</param>
/// <param name="guard">Between it and its listeners.</param>
internal sealed class RecordTrace(ActivityContext context, Activity? span, ListenerGuard guard)
{
    public ActivityContext Context { get; } = context;

    public Activity? Span { get; } = span;

    /// <summary>Its number in its batch.</summary>
    public int Index { get; set; }

    /// <summary>It never came into a batch. Any thread.</summary>
    public void Refuse(string error, string message)
    {
        if (Span is { } span)
        {
            SendTracing.Fail(span, error, message);
            guard.Run(span, static ended => ended.Stop());
        }
    }
}
