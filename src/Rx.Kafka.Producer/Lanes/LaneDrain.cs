using Rx.Kafka.Batching;
using Rx.Kafka.Network;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Lanes;

/// <summary>
/// Takes a lane's next batch, numbered and sealed: one that must be sent again, else the oldest closed one. Only for the lane's loop.
/// </summary>
internal sealed class LaneDrain(
    PartitionChannel channel, UndecidedBatches undecided, LaneNumbers numbers, LaneGate gate, LaneOutcomes outcomes)
{
    /// <summary>What to do about a codec that the broker's version does not carry.</summary>
    public required CodecFallback Codecs { get; init; }

    public LaneTake Take(BrokerConnection connection, long now, int maximumBytes, out ProducerBatch? batch)
    {
        batch = null;
        if (!gate.MaySend(connection, now))
        {
            return LaneTake.Blocked;
        }

        gate.BackoffIsOver();
        LaneTake result;
        do
        {
            batch = undecided.NextToSendAgain();
            result = batch is null ? TakeNew(connection, maximumBytes, out batch) : TakeAgain(connection, maximumBytes, ref batch);
        }
        while (result == LaneTake.Failed);

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
    private LaneTake TakeAgain(BrokerConnection connection, int maximumBytes, ref ProducerBatch batch)
    {
        if (!CodecFallback.IsCarried(batch, connection) && !TryMakePlain(batch, connection))
        {
            return LaneTake.Failed;
        }

        if (IsTooLarge(batch) && batch.TryMakePlain())
        {
            batch = undecided.Split(batch, channel.Limit.Current);
        }

        return batch.WireBytes > maximumBytes
            ? LaneTake.TooLarge
            : batch.Delivery.Numbers is not null || numbers.TryGive(batch) ? LaneTake.Batch : LaneTake.Blocked;
    }

    private LaneTake TakeNew(BrokerConnection connection, int maximumBytes, out ProducerBatch? batch)
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
        if (batch.WireBytes > maximumBytes && !isTooLarge)
        {
            return LaneTake.TooLarge;
        }

        // Only the owner reads, so this takes the same one.
        channel.Reader.TryRead(out _);
        undecided.Add(batch);
        return TakeAgain(connection, maximumBytes, ref batch);
    }

    /// <summary>The broker does not carry the batch's codec: it goes plain, or fails if nothing else is allowed.</summary>
    private bool TryMakePlain(ProducerBatch batch, BrokerConnection connection)
    {
        var offered = $"{connection.Name} offers Produce {connection.Versions.Describe(ApiKey.Produce)}";
        if (Codecs.IsAllowed(batch) && Codecs.TryMakePlain(batch, offered))
        {
            return true;
        }

        var text = $"Zstd needs Produce {ProduceRequest.FirstWithZstd} (Kafka 2.1), and {offered}. Allow another codec, for example "
            + "Compression.Zstd.Or(Compression.Lz4) (compression.type=zstd,lz4), or replace the broker.";
        outcomes.Fail(batch, ProduceErrorCode.Broker, text, ErrorCodes.UnsupportedCompressionType);
        outcomes.Publish();
        return false;
    }

    /// <summary>
    /// It was closed before the partition learned that the broker takes less. One that may be on the log is asked for as it is.
    /// </summary>
    private bool IsTooLarge(ProducerBatch batch) =>
        channel.Limit.IsLearned && batch.Count > 1 && batch.WireBytes > channel.Limit.Current && !batch.Delivery.IsUnclear;
}
