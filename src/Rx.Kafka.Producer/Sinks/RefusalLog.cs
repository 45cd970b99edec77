using Microsoft.Extensions.Logging;
using Rx.Kafka.Diagnostics;

namespace Rx.Kafka.Sinks;

/// <summary>Logs records that a sink refused: at most once a second, and not at all while somebody observes deliveries.</summary>
internal sealed class RefusalLog(ILogger logger, TimeProvider time)
{
    private readonly LogRate _rate = new(time);
    private int _saidAfterDispose;

    public void Refused(in Record record, ProduceError error, bool isObserved)
    {
        if (!isObserved && _rate.Passes(1, out var total))
        {
            SinkLog.Refused(logger, total, record.Topic, error.Code, error.Message);
        }
    }

    public void AfterDispose()
    {
        if (Interlocked.Exchange(ref _saidAfterDispose, 1) == 0)
        {
            SinkLog.OfferedAfterDispose(logger);
        }
    }
}
