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
        _compression = context.Compression is { } codecs ? new BatchCompression(this, context, codecs) : null;
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
                && BatchPolicy.BeforeAppend(batch.Bytes, batch.Count, total, delta, FillLimit) == CloseReason.None
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

            // A flush may have walked the timeline after the batch got its generation and before it stood there. Looked at before a
            // waiting record lowers the generation, or the drainer would close a batch for each.
            var isFlushed = _context.Flushes.IsFlushing(batch!.Generation);
            offer.PlacedBytes = RecordBatchHeader.Size + total;
            Add(ref open, ref offer, body, total, delta: 0);
            if (isFlushed && open is not null)
            {
                offer.Notice |= Close(ref open);
            }
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

        if (offer.Trace is { } trace)
        {
            batch.Add(trace, index);
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

        offer.AllFull = BatchPolicy.AfterAppend(batch.Bytes, FillLimit) != CloseReason.None;
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
