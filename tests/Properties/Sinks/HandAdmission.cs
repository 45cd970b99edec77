using Rx.Kafka.Admission;
using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Properties.Batching;

namespace Rx.Kafka.Properties.Sinks;

/// <summary>Admission to one partition, without topics and checks.</summary>
internal sealed class HandAdmission(BatchingWorld world, PartitionChannel channel) : IRecordAdmission
{
    public TaskScheduler Scheduler => world.Context.Scheduler;

    public ContinuationQueue Continuations { get; } = new(world.Context.Scheduler);

    public ProduceError? TakesNoMoreBy => null;

    public OfferResult Offer(ref RecordOffer offer)
    {
        Assert.True(offer.TryRead(timestamp: 1_000_000));
        if (channel.Append(ref offer, mayOpen: true) == AppendResult.Placed)
        {
            return OfferResult.Placed;
        }

        offer.Waiting = new WaitingRecord(ref offer, world.Context.Time.GetTimestamp(), world.Flushes.Enter());
        Assert.True(channel.TryJoin(offer.Waiting, out _));
        return OfferResult.Waits;
    }
}
