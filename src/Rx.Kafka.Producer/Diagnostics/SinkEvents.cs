using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Diagnostics;

/// <summary>
/// What goes wrong at the edge, with records that never came into a batch and with observers: each occurrence is one log event and one
/// count. Lines about records are complete, for perhaps nobody else tells of them. Any thread.
/// </summary>
internal sealed class SinkEvents : IDisposable
{
    private readonly ILogger _logger;
    private readonly ProducerMetrics _metrics;
    private readonly LogRate _waits;
    private readonly LogRate _intercepted;
    private readonly LogRate _codecs;
    private readonly LogTally<(string Topic, ProduceError Error)> _refusals;
    private readonly LogTally<string> _late;

    public SinkEvents(ILogger logger, ProducerMetrics metrics, TimeProvider time, TaskScheduler scheduler)
    {
        _logger = logger;
        _metrics = metrics;
        _waits = new LogRate(time);
        _intercepted = new LogRate(time);
        _codecs = new LogRate(time);
        _refusals = new(time, scheduler, WriteRefused);
        _late = new(time, scheduler, (count, topic) => SinkLog.OfferedLate(logger, count, topic));
    }

    /// <summary>A record never came into a batch; its caller or its sink is told.</summary>
    public void Refused(ProduceErrorCode code) => _metrics.Refused(code.ToString());

    /// <summary>Its caller withdrew a record by its token, before it came into a batch.</summary>
    public void Withdrawn() => _metrics.Refused("Cancelled");

    /// <summary>A record that OnNext brought was refused and counted, and perhaps nobody hears of it.</summary>
    public void RefusedUnobserved(in Record record, ProduceError error) => _refusals.Add(1, (record.Topic, error));

    /// <summary>OnNext came after OnCompleted or OnError.</summary>
    public void OfferedLate(in Record record) => _late.Add(1, record.Topic);

    /// <summary>OnNext or a line has waited for a second or more.</summary>
    /// <param name="waited">How long.</param>
    /// <param name="what">What for, in words.</param>
    public void Waits(TimeSpan waited, string what)
    {
        if (_waits.Passes(1, out _))
        {
            SinkLog.Waits(_logger, waited.TotalMilliseconds, what);
        }
    }

    /// <summary>An observer threw, and was detached.</summary>
    public void ObserverThrew(string stream, Exception error)
    {
        _metrics.ObserverFailed();
        SinkLog.ObserverThrew(_logger, error, stream);
    }

    /// <summary>An interceptor threw; the chain went on.</summary>
    public void InterceptorThrew(string interceptor, Exception error)
    {
        if (_intercepted.Passes(1, out var count))
        {
            SinkLog.InterceptorThrew(_logger, error, interceptor, count);
        }
    }

    /// <summary>A codec threw; the batch goes plain.</summary>
    public void CodecThrew(CompressionType codec, string topic, int partition, Exception error)
    {
        if (_codecs.Passes(1, out var count))
        {
            SinkLog.CodecThrew(_logger, error, codec, topic, partition, count);
        }
    }

    public void SourceFailed(Exception error) => SinkLog.SourceFailed(_logger, error);

    public void Fatal(ProduceError error) => SinkLog.Fatal(_logger, error.Message);

    public void CloseTimedOut(TimeSpan timeout) => SinkLog.CloseTimedOut(_logger, timeout.TotalMilliseconds);

    public void ObserversAbandoned(TimeSpan timeout) => SinkLog.ObserversAbandoned(_logger, timeout.TotalMilliseconds);

    public void Dispose()
    {
        _refusals.Dispose();
        _late.Dispose();
    }

    private void WriteRefused(long count, (string Topic, ProduceError Error) last) =>
        SinkLog.Refused(_logger, count, last.Topic, last.Error.Code, last.Error.Message);
}
