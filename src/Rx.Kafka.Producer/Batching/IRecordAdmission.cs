using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Batching;

/// <summary>The core, as the awaiting faces see it.</summary>
internal interface IRecordAdmission
{
    /// <summary>Where tasks of the producer run.</summary>
    TaskScheduler Scheduler { get; }

    /// <summary>Where continuations of awaits are queued.</summary>
    ContinuationQueue Continuations { get; }

    /// <summary>Offers a record; see <see cref="OfferResult"/>.</summary>
    OfferResult Offer(in Record record, Face? face, RecordCompletion? completion, out Placement placement);

    /// <summary>Withdraws a record that stands in line.</summary>
    /// <returns>False when it is in a batch, or about to be.</returns>
    bool TryWithdraw(Waiter waiter);
}
