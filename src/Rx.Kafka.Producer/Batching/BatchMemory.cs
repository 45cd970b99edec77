using Rx.Kafka.Memory;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Batching;

/// <summary>
/// What one partition's batches need for a record besides its bytes' place: chunks, a share for its sink or a shared completion for its
/// await, all charged to the partition's account. Under the channel's gate.
/// </summary>
internal sealed class BatchMemory(BatchingContext context, MemoryAccount account)
{
    /// <summary>Opens a batch with room for its first record.</summary>
    /// <param name="channel">Whose batch.</param>
    /// <param name="offer">The first record.</param>
    /// <param name="total">Its bytes.</param>
    /// <param name="mayJoin">Whether the partition waits for memory if there is none.</param>
    /// <param name="batch">The batch, if it was placed.</param>
    /// <returns>Placed, MustWait or SinkEnded.</returns>
    public AppendResult TryOpen(PartitionChannel channel, ref RecordOffer offer, int total, bool mayJoin, out ProducerBatch? batch)
    {
        batch = null;
        var overhead = ProducerBatch.BaseOverhead
            + (offer.Sink is not null ? SinkShare.SegmentBytes(offer.Interest, first: true)
                : offer.NeedsSharedCompletion ? SharedCompletion.Bytes : 0);
        var request = new MemoryRequest(RecordBatchHeader.Size + total, overhead);
        var chunk = mayJoin ? context.Memory.TakeOrWait(account, request) : context.Memory.TryTake(account, request);
        if (chunk is null)
        {
            return AppendResult.MustWait;
        }

        if (offer.Sink is not null && !offer.Sink.TryEnter())
        {
            context.Memory.Return(account, [chunk], overhead);
            return AppendResult.SinkEnded;
        }

        batch = context.Batches.Get();
        batch.Open(channel, chunk, overhead, offer.View.Timestamp, context.Flushes.Enter());
        batch.IsAwaited = context.AdaptiveLinger && offer.IsAwaited;
        if (offer.Sink is not null)
        {
            batch.HaltingSink = offer.HaltingSink;
            batch.Listeners.GrowShare(offer.Sink, offer.Interest);
        }
        else if (offer.NeedsSharedCompletion)
        {
            batch.Listeners.Add(context.SharedCompletions.Rent());
        }

        return AppendResult.Placed;
    }

    /// <summary>
    /// Room for one more record in an open batch; false where memory is short, or the sink has ended, and the batch is closed instead.
    /// </summary>
    public bool TryMake(ProducerBatch batch, int total, ref RecordOffer offer)
    {
        if (offer.Sink is { } sink)
        {
            if (batch.Listeners.ShareFor(sink, offer.Interest) is null && !TryGrowShare(batch, sink, offer.Interest))
            {
                return false;
            }
        }
        else if (offer.NeedsSharedCompletion && batch.Listeners.SharedWithRoom(batch.Count) is null)
        {
            if (!TryCharge(batch, SharedCompletion.Bytes))
            {
                return false;
            }

            batch.Listeners.Add(context.SharedCompletions.Rent());
        }

        if (batch.RoomInChunk < total)
        {
            if (context.Memory.TryTake(account, new MemoryRequest(total, 0)) is not { } chunk)
            {
                return false;
            }

            batch.AddChunk(chunk);
        }

        return true;
    }

    /// <summary>
    /// Gives back all that a decided batch was charged. Its bytes were copied into the pipe when it was sent, so nobody reads them any
    /// more, whatever became of the request. Owner, not under the gate.
    /// </summary>
    public void Return(ProducerBatch batch)
    {
        context.Memory.Return(account, batch.Chunks, batch.Overhead);
        batch.DropChunks();
    }

    private bool TryGrowShare(ProducerBatch batch, Sink sink, SinkInterest interest)
    {
        if (!TryCharge(batch, batch.Listeners.ShareBytes(sink, interest)))
        {
            return false;
        }

        // A sink that has ended opens no new share; TryOpen tells its caller.
        if (!batch.Listeners.HasShareOf(sink, interest) && !sink.TryEnter())
        {
            return false;
        }

        batch.Listeners.GrowShare(sink, interest);
        return true;
    }

    private bool TryCharge(ProducerBatch batch, int bytes)
    {
        if (bytes > 0 && !context.Memory.TryCharge(account, bytes))
        {
            return false;
        }

        batch.Overhead += bytes;
        return true;
    }
}
