using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Memory;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Partitioning;
using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Batching;

/// <summary>
/// The bounded channel of one partition: records are written, closed batches are read; its bound is the pool's dynamic threshold. Any
/// thread appends. The drainer of its line places the records that wait. Its owner, the loop of the broker that leads it, reads and
/// decides batches (PartitionChannel.Owner.cs). All of them share its gate, which is held for one append or one take, never across a
/// wait. Under it we only take short locks, read the clock and queue work.
/// </summary>
internal sealed partial class PartitionChannel : Channel<Record, ProducerBatch>, IWaitingPlace
{
    /// <summary>Larger records are copied outside the gate: a long copy under a spinning gate makes others wait for a second.</summary>
    private const int LargestCopyUnderGate = 4096;

    private readonly BatchingContext _context;
    private readonly MemoryAccount _account;
    private readonly BatchMemory _memory;
    private readonly TopicName _topic;
    private readonly RecordWriter _writer;
    private Gate _gate;
    private ProducerBatch? _open;

    /// <summary>The open batch while records stand in line: the drainer's alone, so that nobody overtakes.</summary>
    private ProducerBatch? _drainersBatch;
    private ClosedBatches _closed;
    private LoopOwner _owner;
    private ProduceError? _closedBy;
    private bool _isListed;

    public PartitionChannel(TopicName topic, int partition, PartitionLoad load, BatchingContext context, LoopOwner owner)
    {
        _topic = topic;
        Partition = partition;
        Load = load;
        _context = context;
        _owner = owner;
        Waiting = new WaitingRecords(this, context);
        _account = new MemoryAccount(Waiting.QueueDrainer);
        _memory = new BatchMemory(context, _account);
        Limit = new BatchLimit(context.BatchSize, context.Time);
        context.Memory.AddChannel(_account, owner.Memory);
        Writer = _writer = new RecordWriter(this, context);
        Reader = new BatchReader(this);
    }

    /// <summary>The same string object for all partitions of the topic.</summary>
    public string Topic => _topic.Text;

    public ReadOnlySpan<byte> TopicUtf8 => _topic.Utf8;

    public int Partition { get; }

    public PartitionLoad Load { get; }

    /// <summary>How large its batches may be.</summary>
    public BatchLimit Limit { get; }

    /// <summary>The records that stand in line for this partition.</summary>
    public WaitingRecords Waiting { get; }

    /// <summary>Whether records were appended that no loop has seen yet.</summary>
    public bool HasOpenBatch => Volatile.Read(ref _open) is not null || Volatile.Read(ref _drainersBatch) is not null;

    /// <summary>Whether it takes no more records.</summary>
    public bool IsClosed => Volatile.Read(ref _closedBy) is not null;

    /// <summary>The batch that takes records now.</summary>
    private ref ProducerBatch? Open => ref (_drainersBatch is null ? ref _open : ref _drainersBatch);

    /// <summary>Appends a record to the open batch, opening one if that is allowed and there is memory. Any thread.</summary>
    // NoInlining: a try/finally in the caller would make the JIT spill the caller's locals.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public AppendResult Append(ref RecordOffer offer, bool mayOpen)
    {
        AppendResult result;
        _gate.Enter();
        try
        {
            // While somebody stands in line, while the drainer is not done, and after the end no batch is open: one check serves for all.
            if (_open is null && (_closedBy is not null || _drainersBatch is not null || !Waiting.IsEmpty))
            {
                offer.Error = _closedBy;
                return _closedBy is null ? AppendResult.MustWait : AppendResult.Closed;
            }

            result = Place(ref _open, ref offer, mayOpen, mayJoin: false);
        }
        finally
        {
            _gate.Exit();
        }

        Finish(ref offer);
        return result;
    }

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

    /// <summary>Under the gate. Puts the record into the open batch, or into a new one.</summary>
    private AppendResult Place(ref ProducerBatch? open, ref RecordOffer offer, bool mayOpen, bool mayJoin)
    {
        if (offer.Waiting is { IsGivenUp: true })
        {
            return AppendResult.MustWait;
        }

        offer.Interest = offer.Sink?.Interest ?? SinkInterest.None;
        if (open is { } batch)
        {
            var delta = offer.View.Timestamp - batch.BaseTimestamp;
            var body = RecordEncoder.BodySize(delta, batch.Count, offer.View.KeyLength, offer.View.ValueLength, offer.View.Headers);
            var total = RecordEncoder.TotalSize(body);
            if (batch.HaltingSink == offer.HaltingSink
                && BatchPolicy.BeforeAppend(batch.Bytes, batch.Count, total, delta, Limit.Current) == CloseReason.None
                && _memory.TryMake(batch, total, ref offer))
            {
                offer.PlacedBytes = total;
                Add(ref open, ref offer, body, total, (int)delta);
                return AppendResult.Placed;
            }

            offer.Notice |= Close(ref open);
        }

        return mayOpen ? PlaceFirst(ref open, ref offer, mayJoin) : AppendResult.WouldOpen;
    }

    /// <summary>Under the gate. Opens a batch for the record.</summary>
    private AppendResult PlaceFirst(ref ProducerBatch? open, ref RecordOffer offer, bool mayJoin)
    {
        var body = RecordEncoder.BodySize(0, 0, offer.View.KeyLength, offer.View.ValueLength, offer.View.Headers);
        var total = RecordEncoder.TotalSize(body);
        var result = _memory.TryOpen(this, ref offer, total, mayJoin, out var batch);
        if (result == AppendResult.Placed)
        {
            open = batch;
            offer.Notice |= _owner.Timeline.Opened(batch!) ? LoopNotice.Opened : LoopNotice.None;
            offer.PlacedBytes = RecordBatchHeader.Size + total;
            Add(ref open, ref offer, body, total, delta: 0);
        }

        return result;
    }

    /// <summary>
    /// Under the gate. Counts the record in, tells its sink or its await where it is, and encodes it here if it is small.
    /// </summary>
    private void Add(ref ProducerBatch? open, ref RecordOffer offer, int body, int total, int delta)
    {
        var batch = open!;
        var index = batch.Count;
        if (offer.Sink is { } sink)
        {
            batch.Listeners.ShareFor(sink, offer.Interest)!.Add(index, delta, offer.Record, offer.State);
        }
        else if (offer.Completion is { } completion)
        {
            completion.Place(index, delta);
            batch.Listeners.Add(completion);
        }
        else
        {
            offer.Shared = batch.Listeners.SharedWithRoom(batch.Count)!;
            offer.Token = offer.Shared.Add(index, delta);
        }

        if (offer.Waiting is { } waiting)
        {
            // A batch that takes a waiting record of an older flush generation counts in that one.
            batch.Generation = _context.Flushes.Join(batch.Generation, waiting.Generation);
        }

        var room = batch.Reserve(total, offer.View.Timestamp);
        if (total <= LargestCopyUnderGate)
        {
            offer.View.Encode(room, body, delta, index);
        }
        else
        {
            batch.OpenCopies++;
            offer.Copy = new PendingCopy(batch, room, body, delta, index);
        }

        offer.AllFull = BatchPolicy.AfterAppend(batch.Bytes, Limit.Current) != CloseReason.None;
        if (offer.AllFull || batch.IsLone)
        {
            offer.Notice |= Close(ref open);
        }
    }

    /// <summary>Outside the gate: what need not be done under it.</summary>
    private void Finish(ref RecordOffer offer)
    {
        if (offer.Copy.Batch is { } batch)
        {
            offer.View.Encode(offer.Copy.Room, offer.Copy.BodySize, offer.Copy.TimeDelta, offer.Copy.Index);
            offer.Copy = default;
            EndCopy(batch);
        }

        Tell(offer.Notice);
        offer.Notice = LoopNotice.None;
    }
}
