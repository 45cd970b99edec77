using Microsoft.Extensions.Logging;
using Rx.Kafka.Diagnostics;

namespace Rx.Kafka;

/// <summary>Logs records that were refused, at most once a second, with how many there were; not at all while somebody observes deliveries.</summary>
internal sealed class RefusalLog(ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private long _count;
    private long _lastAt = long.MinValue;
    private int _saidAfterDispose;

    public void Refused(in Record record, ProduceError error, bool isObserved)
    {
        if (isObserved)
        {
            return;
        }

        Interlocked.Increment(ref _count);
        var last = Volatile.Read(ref _lastAt);
        var now = time.GetTimestamp();
        if ((last == long.MinValue || time.GetElapsedTime(last, now) >= Pause) && Interlocked.CompareExchange(ref _lastAt, now, last) == last)
        {
            FaceLog.Refused(logger, Interlocked.Exchange(ref _count, 0), record.Topic, error.Code, error.Message);
        }
    }

    public void AfterDispose()
    {
        if (Interlocked.Exchange(ref _saidAfterDispose, 1) == 0)
        {
            FaceLog.OfferedAfterDispose(logger);
        }
    }
}
