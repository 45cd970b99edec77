using Rx.Kafka.Batching;
using Rx.Kafka.Network;

namespace Rx.Kafka.Lanes;

/// <summary>
/// Takes a lane's next batch, numbered and sealed: one that must be sent again, else the oldest closed one. Only for the lane's loop.
/// </summary>
internal sealed class LaneDrain(
    PartitionChannel channel, UndecidedBatches undecided, LaneNumbers numbers, LaneGate gate, LaneOutcomes outcomes)
{
    public LaneTake Take(BrokerConnection connection, long now, int maximumBytes, out ProducerBatch? batch)
    {
        batch = null;
        if (!gate.MaySend(connection, now))
        {
            return LaneTake.Blocked;
        }

        gate.BackoffIsOver();
        batch = undecided.NextToSendAgain();
        var result = batch is null ? TakeNew(maximumBytes, out batch) : TakeAgain(ref batch, maximumBytes);
        if (result != LaneTake.Batch)
        {
            batch = null;
            return result;
        }

        batch!.Delivery.SentBesideOthers = !gate.IsIdle;
        batch.Seal(transactional: false);
        return LaneTake.Batch;
    }

    // A batch that keeps its numbers goes out under them, even while the lane waits for new ones.
    private LaneTake TakeAgain(ref ProducerBatch batch, int maximumBytes)
    {
        if (IsTooLarge(batch))
        {
            batch = undecided.Split(batch, channel.Limit.Current);
        }

        return batch.Bytes > maximumBytes
            ? LaneTake.TooLarge
            : batch.Delivery.Numbers is not null || numbers.TryGive(batch) ? LaneTake.Batch : LaneTake.Blocked;
    }

    private LaneTake TakeNew(int maximumBytes, out ProducerBatch? batch)
    {
        batch = null;
        if (!gate.MayTakeNew())
        {
            return LaneTake.Blocked;
        }

        if (outcomes.OmitClosed())
        {
            outcomes.Publish();
        }

        if (!channel.Reader.TryPeek(out batch))
        {
            return LaneTake.Nothing;
        }

        var isTooLarge = IsTooLarge(batch);
        if (batch.Bytes > maximumBytes && !isTooLarge)
        {
            return LaneTake.TooLarge;
        }

        // Only the owner reads, so this takes the same one.
        channel.Reader.TryRead(out _);
        undecided.Add(batch);
        return TakeAgain(ref batch, maximumBytes);
    }

    /// <summary>
    /// It was closed before the partition learned that the broker takes less. One that may be on the log is asked for as it is.
    /// </summary>
    private bool IsTooLarge(ProducerBatch batch) =>
        batch.Count > 1 && batch.Bytes > channel.Limit.Current && !batch.Delivery.IsUnclear;
}
