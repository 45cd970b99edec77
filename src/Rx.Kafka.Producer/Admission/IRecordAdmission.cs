using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Admission;

/// <summary>The way in, as the awaits of single records see it. Any thread.</summary>
internal interface IRecordAdmission
{
    /// <summary>Where tasks of the producer run.</summary>
    TaskScheduler Scheduler { get; }

    /// <summary>Where continuations of awaits are queued.</summary>
    ContinuationQueue Continuations { get; }

    /// <summary>Why no record is taken any more (dispose, or a fatal error); null = records are taken.</summary>
    ProduceError? TakesNoMoreBy { get; }

    /// <summary>Offers a record; what became of it is in the offer.</summary>
    OfferResult Offer(ref RecordOffer offer);
}
