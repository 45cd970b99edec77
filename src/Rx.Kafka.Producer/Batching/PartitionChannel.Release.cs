using Rx.Kafka.Diagnostics;
using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Batching;

/// <summary>The end of a batch: its outcome is told, its memory is given back, and the batch goes back to the pool.</summary>
internal sealed partial class PartitionChannel
{
    /// <summary>Tells everybody a batch's outcome and gives back the memory it held. Owner, once.</summary>
    public void Decide(ProducerBatch batch, in BatchOutcome outcome)
    {
        _owner.Timeline.Decided(batch);
        Load.Add(Partition, -batch.Bytes);
        if (_context.Tracing is not null && (SendTracing.IsOn || batch.Traces is not null))
        {
            Trace(batch, outcome);
        }

        _context.CountAppends(batch.Count);
        batch.Decide(outcome);
        var generation = batch.Generation;
        if (!IsHeldByCodec(batch))
        {
            Release(batch);
        }

        _context.Flushes.Leave(generation);
    }

    private void Trace(ProducerBatch batch, BatchOutcome outcome) =>
        _context.Tracing!.Post(new SentSpan(Topic, Partition, batch.Count, batch.OpenedAt, batch.Traces)
        {
            OffsetOf = index => outcome.OffsetOf(index),
            ErrorOf = index => outcome.ErrorOf(index),
        });

    /// <summary>Gives back the memory of a decided batch, and the batch unless a request names it.</summary>
    private void Release(ProducerBatch batch)
    {
        _memory.Return(batch);
        if (!batch.Delivery.IsInFlight)
        {
            Recycle(batch);
        }
    }

    /// <summary>Gives a decided batch back to the pool, when no request names it any more. Owner.</summary>
    public void Recycle(ProducerBatch batch)
    {
        if (batch.SplitFrom is null)
        {
            batch.Reset();
            _context.Batches.Return(batch);
        }
    }
}
