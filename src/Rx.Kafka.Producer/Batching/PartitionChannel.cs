using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Memory;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Partitioning;
using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Batching;

/// <summary>
/// The bounded channel of one partition: records are written, closed batches are read. <see cref="Append"/> is its hot path; <c>Writer</c> and <c>Reader</c> are thin
/// views. Its bound is the pool's dynamic threshold. Owned by its gate, which is held for one append or one take, never across a wait or a call-out.
/// </summary>
internal sealed class PartitionChannel : Channel<Record, ProducerBatch>, IWaitingPlace
{
    /// <summary>Larger records are copied outside the gate: a long copy under a spinning gate makes others wait for a second.</summary>
    private const int LargestCopyUnderGate = 4096;

    private readonly BatchingContext _context;
    private readonly PartitionMemory _account;
    private readonly byte[] _topicUtf8;
    private Gate _gate;
    private ProducerBatch? _open;
    private ClosedBatches _closed;
    private LoopOwner _owner;
    private readonly WaitingLine _line = new();
    private readonly LineDrainer _drainer;
    private readonly RecordWriter _writer;
    private readonly BatchMemory _room;
    private ProducerBatch? _held;
    private TaskCompletionSource<bool>? _readable;
    private ProduceError? _closedBy;
    private bool _isListed;

    public PartitionChannel(string topic, byte[] topicUtf8, int partition, PartitionLoad load, BatchingContext context, LoopOwner owner)
    {
        Topic = topic;
        _topicUtf8 = topicUtf8;
        Partition = partition;
        Load = load;
        _context = context;
        _owner = owner;
        _drainer = new LineDrainer(this, context);
        _account = new PartitionMemory(_drainer.Queue);
        _room = new BatchMemory(context, _account);
        context.Memory.AddChannel(_account, owner.Memory);
        Writer = _writer = new RecordWriter(this, context);
        Reader = new BatchReader(this);
    }

    /// <summary>The same string object for all partitions of the topic.</summary>
    public string Topic { get; }

    public ReadOnlySpan<byte> TopicUtf8 => _topicUtf8;

    public int Partition { get; }

    public PartitionLoad Load { get; }

    /// <summary>The sending side; set once by who makes the channel.</summary>
    public Lane Lane { get; set; } = null!;

    /// <summary>Whether records were appended that no loop has seen yet.</summary>
    public bool HasOpenBatch => Volatile.Read(ref _open) is not null || Volatile.Read(ref _held) is not null;

    /// <summary>Whether it takes no more records.</summary>
    public bool IsClosed => Volatile.Read(ref _closedBy) is not null;

    /// <summary>Changes under the gate, by the owner itself.</summary>
    public LoopOwner Owner => Volatile.Read(ref _owner);

    /// <summary>How often it went to another owner; changes under the gate, by the old owner.</summary>
    public int Moves { get; private set; }

    /// <summary>The batch that takes records now: while somebody stands in line it is the drainer's.</summary>
    private ref ProducerBatch? OpenOrHeld => ref (_held is null ? ref _open : ref _held);

    /// <summary>Appends a record to the open batch, opening one if that is allowed and there is memory.</summary>
    /// <param name="record">The record, kept only if its sink wants it back.</param>
    /// <param name="view">Its bytes.</param>
    /// <param name="sink">Whom to tell the outcome; null = a shared completion, or <paramref name="completion"/>.</param>
    /// <param name="completion">Whom to tell instead.</param>
    /// <param name="mayOpen">Whether a new batch may be opened.</param>
    /// <param name="placement">Where it was placed.</param>
    /// <param name="waiter">The place in its topic's line that the record comes from, if it does.</param>
    // Not inlined: a handler would keep the caller's variables in memory.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public AppendResult Append(in Record record, in RecordView view, Sink? sink, RecordCompletion? completion, bool mayOpen, out Placement placement, WaitingRecord? waiter = null)
    {
        var call = LoopNotice.None;
        PendingCopy copy = default;
        AppendResult result;
        _gate.Enter();
        try
        {
            // While somebody stands in line, the drainer is not done, or after the end, there is no open batch here: one check serves for all.
            if (_open is null && (_closedBy is not null || _held is not null || _line.First is not null))
            {
                placement = default;
                return _closedBy is null ? AppendResult.MustWait : AppendResult.Closed;
            }

            var append = new PendingAppend(record, sink, completion, waiter);
            result = Place(ref _open, append, view, mayOpen, mayJoin: false, out placement, ref copy, ref call);
            if (waiter is not null && _open is not null && _context.Flushes.IsFlushing(_open.Generation))
            {
                call |= Close(ref _open);
            }
        }
        finally
        {
            _gate.Exit();
        }

        Finish(copy, view, call);
        return result;
    }

    /// <summary>Puts a caller in line, behind all that stand there; the drainer places it.</summary>
    /// <returns>Why it was refused, or null.</returns>
    public ProduceError? Join(WaitingRecord waiter)
    {
        _gate.Enter();
        var refused = _closedBy;
        if (refused is null)
        {
            if (_line.First is null)
            {
                // From here on the drainer alone appends; it may still hold the batch of those who stood here before.
                _held ??= _open;
                _open = null;
            }

            _line.Add(waiter);
            waiter.Place = this;
        }

        _gate.Exit();
        if (refused is null)
        {
            _drainer.Queue();
        }

        return refused;
    }

    /// <summary>Takes a caller out of the line; who does so ends it. The others must move up, so the drainer is queued in any case.</summary>
    public bool TryLeave(WaitingRecord waiter)
    {
        _gate.Enter();
        var left = _line.Remove(waiter);
        _gate.Exit();
        _drainer.Queue();
        return left;
    }

    /// <summary>The caller at the head of the line; without one the open batch goes back to the appending threads. Drainer.</summary>
    public WaitingRecord? NextInLine()
    {
        var call = LoopNotice.None;
        _gate.Enter();
        var first = _line.First;
        if (first is null && _held is not null)
        {
            if (_context.Flushes.IsFlushing(_held.Generation))
            {
                call = Close(ref _held);
            }
            else
            {
                _open = _held;
                _held = null;
            }
        }

        _gate.Exit();
        if (first is null)
        {
            _context.Memory.Leave(_account);
        }

        Call(call);
        return first;
    }

    /// <summary>Places the caller at the head of the line; where it cannot, the partition waits for memory. Drainer.</summary>
    /// <returns>Placed, MustWait, SinkEnded; or WouldOpen when somebody else stands at the head now.</returns>
    public AppendResult PlaceFirst(WaitingRecord waiter, in RecordView view)
    {
        var call = LoopNotice.None;
        PendingCopy copy = default;
        var result = AppendResult.WouldOpen;
        _gate.Enter();
        try
        {
            if (_line.First == waiter)
            {
                var record = waiter.Record;
                var append = new PendingAppend(record, waiter.Sink, waiter.Completion, waiter);
                result = Place(ref _held, append, view, mayOpen: true, mayJoin: true, out _, ref copy, ref call);
                if (result is AppendResult.Placed or AppendResult.SinkEnded)
                {
                    _line.Remove(waiter);
                }
            }
        }
        finally
        {
            _gate.Exit();
        }

        Finish(copy, view, call);
        return result;
    }

    /// <summary>Closes the open batch if it still is the one that was seen on the timeline. Owner.</summary>
    /// <param name="openedAt">When that one was opened.</param>
    /// <param name="mayGrow">Whether it may stay open behind closed ones and be closed when its turn comes: so a partition that is served slowly sends few large batches instead of many small ones.</param>
    public void CloseOpen(long openedAt, bool mayGrow)
    {
        _gate.Enter();
        ref var open = ref OpenOrHeld;
        if (open is not null && open.OpenedAt == openedAt)
        {
            if (mayGrow && _closed.First is not null)
            {
                open.IsOverdue = true;
            }
            else
            {
                Close(ref open);
            }
        }

        _gate.Exit();
    }

    /// <summary>Takes no more records: closes the open batch and ends the line. Dispose.</summary>
    public void CloseForever(ProduceError error)
    {
        var ended = new List<WaitingRecord>();
        _gate.Enter();
        _closedBy ??= error;
        ref var open = ref OpenOrHeld;
        if (open is not null)
        {
            Close(ref open);
        }

        while (_line.First is { } waiter)
        {
            _line.Remove(waiter);
            ended.Add(waiter);
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
        _drainer.Stop();
        foreach (var waiter in ended)
        {
            waiter.Refuse(error);
            _context.Flushes.Leave(waiter.Generation);
        }
    }

    /// <summary>Ends every caller in line (purge).</summary>
    public void EndLine(ProduceError error)
    {
        while (true)
        {
            _gate.Enter();
            var waiter = _line.First;
            if (waiter is not null)
            {
                _line.Remove(waiter);
            }

            _gate.Exit();
            if (waiter is null)
            {
                _drainer.Queue();
                return;
            }

            waiter.Refuse(error);
            _context.Flushes.Leave(waiter.Generation);
        }
    }

    /// <summary>Completes with true when a closed batch can be taken, with false when none will come any more.</summary>
    public Task<bool> WaitToTakeAsync()
    {
        _gate.Enter();
        Task<bool> task;
        if (_closed.IsReadable)
        {
            task = Task.FromResult(true);
        }
        else if (_closedBy is not null && _closed.First is null)
        {
            task = Task.FromResult(false);
        }
        else
        {
            task = (_readable ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        _gate.Exit();
        return task;
    }

    /// <summary>Takes the oldest closed batch, if it fits and no copy into it is under way. Owner.</summary>
    /// <param name="maximumBytes">The largest batch that is taken.</param>
    /// <param name="isTooLarge">Whether there is one, but larger.</param>
    public ProducerBatch? TakeClosed(int maximumBytes, out bool isTooLarge)
    {
        _gate.Enter();
        var batch = _closed.First;
        isTooLarge = batch is { OpenCopies: 0 } && batch.Bytes > maximumBytes;
        if (batch is null || batch.OpenCopies > 0 || isTooLarge)
        {
            batch = null;
        }
        else
        {
            _closed.RemoveFirst();
            ref var open = ref OpenOrHeld;
            if (_closed.First is null && open is { IsOverdue: true })
            {
                Close(ref open);
            }
        }

        _gate.Exit();
        return batch;
    }

    /// <summary>Takes a batch that is to be decided without being sent (expiry, purge, dispose): closes it first if it is open. It must be the oldest. Owner.</summary>
    /// <returns>False while a copy into it is under way: ask again, the end of the copy wakes the owner.</returns>
    public bool TryWithdraw(ProducerBatch batch)
    {
        _gate.Enter();
        ref var open = ref OpenOrHeld;
        if (open == batch)
        {
            Close(ref open);
        }

        var ready = _closed.First == batch && batch.OpenCopies == 0;
        _gate.Exit();
        return ready && TakeClosed(int.MaxValue, out _) == batch;
    }

    /// <summary>After a look at the lane: keeps it in the ring while it has something it may send, else takes the mark off. Owner.</summary>
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

    /// <summary>Hands the partition with all its batches to another owner, and lists it there in any case (else a wake-up is lost). Old owner.</summary>
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

        ref var open = ref OpenOrHeld;
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

        _gate.Exit();
        _context.Memory.MoveChannel(_account, newOwner.Memory);
        newOwner.Wake();
    }

    /// <summary>Tells everybody a batch's outcome and gives back the memory it held. Owner, once.</summary>
    public void Decide(ProducerBatch batch, in BatchOutcome outcome)
    {
        _owner.Timeline.Decided(batch);
        Load.Add(Partition, -batch.Bytes);
        _context.CountAppends(batch.Count);
        batch.Decide(outcome);

        // Its bytes were copied into the pipe when it was sent, so nobody reads them any more, whatever became of the request.
        _context.Memory.Return(_account, batch.Chunks, batch.Overhead);
        batch.DropChunks();
        _context.Flushes.Leave(batch.Generation);
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

    private void Move(ProducerBatch batch, LoopOwner newOwner) => newOwner.Timeline.Adopt(batch, _owner.Timeline.Abandon(batch));

    /// <summary>Under the gate. Room for a record in the open batch, or in a new one.</summary>
    private AppendResult Place(ref ProducerBatch? open, in PendingAppend append, in RecordView view, bool mayOpen, bool mayJoin, out Placement placement, ref PendingCopy copy, ref LoopNotice call)
    {
        if (open is { } batch)
        {
            var delta = view.Timestamp - batch.BaseTimestamp;
            var body = RecordEncoder.BodySize(delta, batch.Count, view.KeyLength, view.ValueLength, view.Headers);
            var total = RecordEncoder.TotalSize(body);
            if (BatchPolicy.BeforeAppend(batch.Bytes, batch.Count, total, delta, _context.BatchSize) == CloseReason.None && _room.TryMake(batch, total, append))
            {
                Add(ref open, append, view, body, total, (int)delta, out placement, ref copy, ref call);
                return AppendResult.Placed;
            }

            call |= Close(ref open);
        }

        placement = default;
        return mayOpen ? Open(ref open, append, view, mayJoin, ref placement, ref copy, ref call) : AppendResult.WouldOpen;
    }

    private AppendResult Open(ref ProducerBatch? open, in PendingAppend append, in RecordView view, bool mayJoin, ref Placement placement, ref PendingCopy copy, ref LoopNotice call)
    {
        var body = RecordEncoder.BodySize(0, 0, view.KeyLength, view.ValueLength, view.Headers);
        var total = RecordEncoder.TotalSize(body);
        var result = _room.TryOpen(this, view.Timestamp, total, append, mayJoin, out var batch);
        if (result == AppendResult.Placed)
        {
            open = batch;
            call |= _owner.Timeline.Opened(batch!) ? LoopNotice.Opened : LoopNotice.None;
            Add(ref open, append, view, body, total, delta: 0, out placement, ref copy, ref call);
            placement = placement with { Bytes = RecordBatchHeader.Size + total };
        }

        return result;
    }

    /// <summary>Counts the record in, tells its sink or its await where it is, and encodes it here if it is small.</summary>
    private void Add(ref ProducerBatch? open, in PendingAppend append, in RecordView view, int body, int total, int delta, out Placement placement, ref PendingCopy copy, ref LoopNotice call)
    {
        var batch = open!;
        var index = batch.Count;
        SharedCompletion? shared = null;
        short token = 0;
        if (append.Sink is { } sink)
        {
            batch.Listeners.ShareFor(sink, append.Interest)!.Add(index, delta, append.Record);
        }
        else if (append.Completion is { } completion)
        {
            completion.Place(index, delta);
            batch.Listeners.Add(completion);
        }
        else
        {
            shared = batch.Listeners.SharedWithRoom(batch.Count)!;
            token = shared.Add(index, delta);
        }

        if (append.WaitingRecord is { } waiter)
        {
            // A batch that takes a waiting record of an older flush generation counts in that one.
            batch.Generation = _context.Flushes.Absorb(batch.Generation, waiter.Generation);
        }

        var room = batch.Reserve(total, view.Timestamp);
        if (total <= LargestCopyUnderGate)
        {
            view.Encode(room, body, delta, index);
        }
        else
        {
            batch.OpenCopies++;
            copy = new PendingCopy(batch, room, body, delta, index);
        }

        var full = BatchPolicy.AfterAppend(batch.Bytes, _context.BatchSize) != CloseReason.None;
        if (full)
        {
            call |= Close(ref open);
        }

        placement = new Placement(total, full, shared, token);
    }

    /// <summary>Outside the gate: what need not be done under it.</summary>
    private void Finish(in PendingCopy copy, in RecordView view, LoopNotice call)
    {
        if (copy.Batch is { } batch)
        {
            view.Encode(copy.Room, copy.BodySize, copy.TimeDelta, copy.Index);
            EndCopy(batch);
        }

        Call(call);
    }

    private void Call(LoopNotice call)
    {
        if ((call & LoopNotice.Wake) != 0)
        {
            Owner.Wake();
        }
        else if (call != LoopNotice.None)
        {
            Owner.Opened();
        }
    }

    /// <summary>Under the gate. Returns what the owner must be told.</summary>
    private LoopNotice Close(ref ProducerBatch? open)
    {
        var batch = open!;
        open = null;
        batch.IsClosed = true;
        _closed.Add(batch);
        _owner.Timeline.Closed(batch);
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

    private void EndCopy(ProducerBatch batch)
    {
        _gate.Enter();
        batch.OpenCopies--;

        // Listed already or not: the owner may have been told to ask again (TryWithdraw).
        var wake = batch.IsClosed;
        if (wake)
        {
            List(laneHasMore: false);
        }

        _gate.Exit();
        if (wake)
        {
            Owner.Wake();
        }
    }
}
