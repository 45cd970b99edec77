using System.Diagnostics;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>One record that was offered, and what became of it, in virtual time.</summary>
internal sealed class Offered(int id, Step step, TimeSpan at)
{
    public int Id { get; } = id;

    public Step Step { get; } = step;

    public TimeSpan OfferedAt { get; } = at;

    /// <summary>The span of the call that offers it; default = nobody listens to spans.</summary>
    public ActivitySpanId Caller { get; } = Activity.Current?.SpanId ?? default;

    /// <summary>When OnNext returned, EnqueueAsync's outer await was through, or (null then) it was never known to be accepted.</summary>
    public TimeSpan? AcceptedAt { get; set; }

    /// <summary>When the call returned: from then on a flush must cover it.</summary>
    public TimeSpan? ReturnedAt { get; set; }

    public TimeSpan? DoneAt { get; set; }

    public int Outcomes { get; private set; }

    public RecordMetadata Metadata { get; private set; }

    public bool Succeeded { get; private set; }

    public Persistence? Persistence { get; private set; }

    public ProduceError? Error { get; private set; }

    /// <summary>The await was cancelled.</summary>
    public bool Cancelled { get; private set; }

    /// <summary>The outer await of EnqueueAsync was cancelled: withdrawn for certain.</summary>
    public bool Withdrawn { get; set; }

    /// <summary>The call threw because the producer was disposed.</summary>
    public bool Disposed { get; private set; }

    public void Delivered(in RecordMetadata metadata, TimeSpan now)
    {
        End(now);
        Succeeded = true;
        Metadata = metadata;
    }

    public void Delivered<T>(in Delivery<T> delivery, TimeSpan now)
    {
        End(now);
        Persistence = delivery.Persistence;
        Succeeded = delivery.Succeeded;
        Error = delivery.Error;
        Metadata = Succeeded ? delivery.Metadata : default;
    }

    public void Failed(Exception error, TimeSpan now)
    {
        End(now);
        Error = (error as KafkaProduceException)?.Error;
        Persistence = Error?.Persistence;
        Cancelled = error is OperationCanceledException;
        Disposed = error is ObjectDisposedException;
        if (Error is null && !Cancelled && !Disposed)
        {
            throw new InvalidOperationException($"{this}: unexpected exception.", error);
        }
    }

    public override string ToString()
    {
        var outcome = Outcomes == 0 ? "no outcome"
            : Cancelled ? "cancelled"
            : Disposed ? "disposed"
            : Succeeded ? $"at {Metadata.Partition}/{Metadata.Offset}"
            : $"{Error!.Code} {Persistence}: {Error.Message}";
        return $"record {Id} ({Step}, offered {OfferedAt.TotalMilliseconds}, accepted {AcceptedAt?.TotalMilliseconds}, done {DoneAt?.TotalMilliseconds}, {Outcomes} outcomes): {outcome}";
    }

    private void End(TimeSpan now)
    {
        Outcomes++;
        DoneAt = now;
    }
}
