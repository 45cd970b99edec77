namespace Rx.Kafka.Batching;

/// <summary>The records that stand in line for memory: while there are some, the drainer alone appends.</summary>
internal sealed partial class PartitionChannel
{
    /// <summary>Puts a caller in line, after all that stand there; the drainer places it. Any thread.</summary>
    /// <inheritdoc cref="WaitingRecords.TryJoin" path="/param"/>
    public bool TryJoin(WaitingRecord waiting, out ProduceError? closedBy)
    {
        _gate.Enter();
        if (Waiting.IsEmpty)
        {
            // From here on the drainer alone appends; it may still have the batch of those who stood here before.
            _drainersBatch ??= _open;
            _open = null;
        }

        bool stands;
        try
        {
            stands = Waiting.TryJoin(waiting, out closedBy);
        }
        finally
        {
            _gate.Exit();
        }

        Waiting.QueueDrainer();
        return stands;
    }

    /// <summary>The topic's line is empty now: closes the open batch, if a flush waits for records of that line. Its drainer.</summary>
    public void CloseFlushed()
    {
        _gate.Enter();
        var notice = _open is not null && _context.Flushes.IsFlushing(_open.Generation) ? Close(ref _open) : LoopNotice.None;
        _gate.Exit();
        Tell(notice);
    }

    ProduceError? IWaitingPlace.BeginDraining() => null;

    /// <summary>Places the record at the head of the line; where it cannot, the partition waits for memory. Drainer.</summary>
    AppendResult IWaitingPlace.TryPlace(ref RecordOffer offer)
    {
        AppendResult result;
        _gate.Enter();
        try
        {
            offer.Error = _closedBy;
            result = _closedBy is null ? Place(ref _drainersBatch, ref offer, mayOpen: true, mayJoin: true) : AppendResult.Closed;
        }
        finally
        {
            _gate.Exit();
        }

        Finish(ref offer);
        return result;
    }

    ProduceError IWaitingPlace.TimedOut() => new(
        ProduceErrorCode.BufferFull,
        $"No memory became free for topic {Topic} partition {Partition} within MaxBlock ({_context.MaxBlock.TotalMilliseconds:0} ms) of "
        + $"BufferMemory ({_context.Memory.Total} bytes): the broker is slower than the source. Raise either, or slow the source.");

    string IWaitingPlace.WhatFor() => $"for memory (BufferMemory, {_context.Memory.Total} bytes) for topic {Topic} partition {Partition}";

    /// <summary>Without a line the open batch goes back to the appending threads. Drainer.</summary>
    void IWaitingPlace.Drained()
    {
        var notice = LoopNotice.None;
        _gate.Enter();
        var isEmpty = Waiting.IsEmpty;
        if (isEmpty && _drainersBatch is not null)
        {
            if (_context.Flushes.IsFlushing(_drainersBatch.Generation))
            {
                notice = Close(ref _drainersBatch);
            }
            else
            {
                _open = _drainersBatch;
                _drainersBatch = null;
            }
        }

        _gate.Exit();
        if (isEmpty)
        {
            _context.Memory.Leave(_account);
        }

        Tell(notice);
    }
}
