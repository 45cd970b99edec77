using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Properties.Batching;

namespace Rx.Kafka.Properties.Sinks;

/// <summary>Admission to one partition, without topics and checks.</summary>
internal sealed class HandAdmission(BatchingWorld world, PartitionChannel channel) : IRecordAdmission
{
    public TaskScheduler Scheduler => world.Context.Scheduler;

    public ContinuationQueue Continuations { get; } = new(world.Context.Scheduler);

    public OfferResult Offer(in Record record, Sink? sink, RecordCompletion? completion, out Placement placement)
    {
        if (channel.Append(record, new RecordView(record, 1_000_000), sink, completion, mayOpen: true, out placement) == AppendResult.Placed)
        {
            return default;
        }

        var waiter = world.NewWaiter(record, sink, completion);
        Assert.Null(channel.Join(waiter));
        return new OfferResult(null, waiter);
    }

    public bool TryWithdraw(WaitingRecord waiter)
    {
        if (!waiter.TryWithdraw())
        {
            return false;
        }

        waiter.Sink?.Leave();
        waiter.ConfirmWithdrawn();
        world.Flushes.Leave(waiter.Generation);
        return true;
    }
}
