using Rx.Kafka.Concurrency;
using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Batching;

/// <summary>The core, as the awaiting sinks see it.</summary>
internal interface IRecordAdmission
{
    /// <summary>Where tasks of the producer run.</summary>
    TaskScheduler Scheduler { get; }

    /// <summary>Where continuations of awaits are queued.</summary>
    ContinuationQueue Continuations { get; }

    /// <summary>Offers a record; see <see cref="OfferResult"/>.</summary>
    OfferResult Offer(in Record record, Sink? sink, RecordCompletion? completion, out Placement placement);

    /// <summary>Withdraws a record that stands in line.</summary>
    /// <returns>False when it is in a batch, or about to be.</returns>
    bool TryWithdraw(WaitingRecord waiter);
}
