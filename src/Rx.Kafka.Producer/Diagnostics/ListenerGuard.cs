using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Diagnostics;

/// <summary>
/// Measures and tells spans, and lets nothing through that a listener throws: listeners are the application's code, and no record may
/// suffer from it. The log says it once a second. Any thread.
/// </summary>
internal sealed class ListenerGuard(ILogger logger, TimeProvider time)
{
    private readonly LogRate _rate = new(time);

    public void Add<T>(Counter<T> counter, T value, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct
    {
        if (counter.Enabled)
        {
            try
            {
                counter.Add(value, tags);
            }
            catch (Exception e)
            {
                Threw(e);
            }
        }
    }

    public void Record<T>(Histogram<T> histogram, T value, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct
    {
        if (histogram.Enabled)
        {
            try
            {
                histogram.Record(value, tags);
            }
            catch (Exception e)
            {
                Threw(e);
            }
        }
    }

    public void Run<T>(T state, Action<T> tell)
    {
        try
        {
            tell(state);
        }
        catch (Exception e)
        {
            Threw(e);
        }
    }

    public void Threw(Exception error)
    {
        if (_rate.Passes(1, out var total))
        {
            SinkLog.ListenerThrew(logger, error, total);
        }
    }
}
