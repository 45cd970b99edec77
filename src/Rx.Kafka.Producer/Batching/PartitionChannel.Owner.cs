namespace Rx.Kafka.Batching;

/// <summary>The owner's side: the loop of the broker that leads the partition closes, reads, lists and moves batches.</summary>
internal sealed partial class PartitionChannel
{
    private TaskCompletionSource<bool>? _readable;

    /// <summary>The sending side; set once by whoever makes the channel.</summary>
    public Lane Lane { get; set; } = null!;

    /// <summary>Changes under the gate, by the owner itself.</summary>
    public LoopOwner Owner => Volatile.Read(ref _owner);

    /// <summary>How often it went to another owner; changes under the gate, by the old owner.</summary>
    public int Moves { get; private set; }

    /// <summary>Closes the open batch if it still is the one that was seen on the timeline. Owner.</summary>
    /// <param name="openedAt">When that one was opened.</param>
    /// <param name="mayGrow">It is due by linger alone: while closed batches are unsent it stays open, for a slow partition then sends few
    /// large batches.</param>
    public void CloseOpen(long openedAt, bool mayGrow)
    {
        _gate.Enter();
        ref var open = ref Open;
        if (open is not null && open.OpenedAt == openedAt)
        {
            if (mayGrow && _closed.First is not null)
            {
                open.IsOverdue = true;
            }
            else
            {
                Close(ref open, hasLingered: mayGrow);
            }
        }

        _gate.Exit();
    }

    /// <summary>Takes no more records: closes the open batch and ends the line. Dispose.</summary>
    public void CloseForever(ProduceError error)
    {
        _gate.Enter();
        _closedBy ??= error;
        if (Open is not null)
        {
            Close(ref Open);
        }

        if (_closed.First is null)
        {
            _readable?.TrySetResult(false);
            _readable = null;
        }

        _gate.Exit();
        Owner.Wake();
        _writer.Wake();
        _context.Memory.Leave(_account);
        Waiting.Close(error);
    }

    /// <summary>
    /// Takes a batch that is to be decided without being sent (expiry, purge, dispose): closes it first if it is open. It must be the
    /// oldest. Owner.
    /// </summary>
    /// <returns>False while a caller copies into it: ask again, the end of the copy wakes the owner.</returns>
    public bool TryWithdraw(ProducerBatch batch)
    {
        _gate.Enter();
        ref var open = ref Open;
        if (open == batch)
        {
            Close(ref open);
        }

        if (_closed.First == batch)
        {
            SkipCodec(batch);
        }

        var ready = _closed.First == batch && _closed.IsReadable;
        _gate.Exit();
        return ready && Reader.TryRead(out _);
    }

    /// <summary>Ends all that stand in line (purge). Any thread.</summary>
    public void EndLine(ProduceError error)
    {
        Waiting.End(error);

        // One that is being placed now has its batch on the timeline when the gate is free: a purge of the loops, after this, finds it.
        _gate.Enter();
        _gate.Exit();
    }

    /// <summary>
    /// After a look at the lane: keeps it in the ring while it has something it may send, else takes the mark off. Owner.
    /// </summary>
    /// <param name="laneHasMore">Whether the lane itself has batches to send again.</param>
    /// <param name="isBlocked">Whether the lane may send nothing now; it lists itself when that changes.</param>
    public void Relist(bool laneHasMore, bool isBlocked)
    {
        _gate.Enter();
        _isListed = !isBlocked && (laneHasMore || _closed.IsReadable);
        if (_isListed)
        {
            _owner.List(Lane);
        }

        _gate.Exit();
    }

    /// <summary>Lists the lane if it is not listed and has something to send. Owner.</summary>
    public void ListIfReady(bool laneHasMore)
    {
        _gate.Enter();
        List(laneHasMore);
        _gate.Exit();
    }

    /// <summary>
    /// Hands the partition with all its batches to another owner, and lists it there in any case (else a wake-up is lost). Old owner.
    /// </summary>
    /// <param name="newOwner">Whose it is from now on.</param>
    /// <param name="inLane">The lane's own batches without outcome, whole ones.</param>
    public void MoveTo(LoopOwner newOwner, IEnumerable<ProducerBatch> inLane)
    {
        _gate.Enter();
        foreach (var batch in inLane)
        {
            Move(batch, newOwner);
        }

        for (var batch = _closed.First; batch is not null; batch = batch.NextClosed)
        {
            Move(batch, newOwner);
        }

        ref var open = ref Open;
        if (open is not null)
        {
            Move(open, newOwner);
        }

        Moves++;
        Volatile.Write(ref _owner, newOwner);
        _isListed = true;
        newOwner.List(Lane);
        if (open is not null && _context.Flushes.IsFlushing(open.Generation))
        {
            // The leaderless loop closed nothing when the flush began, and the new owner has seen it long ago.
            Close(ref open);
        }

        // Under the gate, so that of two moves the later one counts its bytes later, too.
        _context.Memory.MoveChannel(_account, newOwner.Memory);
        _gate.Exit();
        newOwner.Wake();
    }

    private void Move(ProducerBatch batch, LoopOwner newOwner) => newOwner.Timeline.Adopt(batch, _owner.Timeline.Abandon(batch));

    /// <summary>Under the gate. Returns what the owner must be told.</summary>
    private LoopNotice Close(ref ProducerBatch? open, bool hasLingered = false)
    {
        var batch = open!;
        open = null;
        batch.IsClosed = true;
        AwaitCodec(batch);
        _closed.Add(batch);
        _owner.Timeline.Closed(batch, hasLingered);
        Load.Add(Partition, batch.Bytes);
        return List(laneHasMore: false);
    }

    private LoopNotice List(bool laneHasMore)
    {
        var isReadable = _closed.IsReadable;
        if (isReadable && _readable is not null)
        {
            _readable.TrySetResult(true);
            _readable = null;
        }

        if (_isListed || !(laneHasMore || isReadable))
        {
            return LoopNotice.None;
        }

        _isListed = true;
        _owner.List(Lane);
        return _owner.IsSaturated ? LoopNotice.None : LoopNotice.Wake;
    }

    /// <summary>The owner sees a closed batch only after the last copy into it has ended.</summary>
    private void EndCopy(ProducerBatch batch)
    {
        _gate.Enter();
        batch.OpenCopies--;

        // Listed already or not: the owner may have been told to ask again (TryWithdraw).
        var wake = batch.IsClosed;
        if (wake)
        {
            List(laneHasMore: false);
            _compression?.Queue();
        }

        _gate.Exit();
        if (wake)
        {
            Owner.Wake();
        }
    }

    private void Tell(LoopNotice notice)
    {
        if ((notice & LoopNotice.Wake) != 0)
        {
            Owner.Wake();
        }
        else if (notice != LoopNotice.None)
        {
            Owner.Opened();
        }
    }
}
