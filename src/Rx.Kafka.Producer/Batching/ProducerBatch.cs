using Rx.Kafka.Diagnostics;
using Rx.Kafka.Memory;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Batching;

/// <summary>
/// A record batch: encoded records in pooled chunks, and whom to tell its outcome. Written under its channel's gate until it is closed,
/// then by the owner of its lane. Pooled: nobody else holds on to it.
/// </summary>
internal sealed partial class ProducerBatch
{
    /// <summary>What a batch itself adds to the ledger, in bytes.</summary>
    public const int BaseOverhead = 512;

    /// <summary>The most that opening a batch charges beside its chunk.</summary>
    public static readonly int MaximumOverhead =
        BaseOverhead + Math.Max(SharedCompletion.Bytes, SinkShare.SegmentBytes(SinkInterest.RecordsAndStates, first: true));

    public static BatchOverhead Overheads { get; } = new(BaseOverhead, MaximumOverhead);

    private byte[][] _chunks = new byte[1][];
    private int[] _lengths = new int[1];
    private int _chunkCount;

    /// <summary>Where a part's bytes begin in the chunks, which belong to the whole batch; a batch of its own has none.</summary>
    private int[]? _starts;
    private List<OutcomeRange>? _decidedParts;

    /// <summary>Whom to tell its outcome.</summary>
    public BatchListeners Listeners;

    // Links of the owner's timeline.
    public BatchLink OpenLink;
    public BatchLink UndecidedLink;

    public PartitionChannel Channel { get; private set; } = null!;

    /// <summary>Monotonic time of its first record: linger and delivery timeout run from here.</summary>
    public long OpenedAt { get; set; }

    /// <summary>The flush generation it counts in.</summary>
    public long Generation { get; set; }

    /// <summary>The next batch in its channel's queue of closed ones.</summary>
    public ProducerBatch? NextClosed { get; set; }

    public bool IsClosed { get; set; }

    /// <summary>Open for longer than Linger: it is closed when those before it are sent.</summary>
    public bool IsOverdue { get; set; }

    /// <summary>Its first record is awaited by its caller, and linger adapts.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>It goes with its first record, without linger.</summary>
    public bool IsLone { get; set; }

    /// <summary>Copies of large records that are made outside the gate: before they end the batch is neither sent nor decided.</summary>
    public int OpenCopies { get; set; }

    /// <summary>What its records carry of traces; null = nothing.</summary>
    public List<RecordTrace>? Traces { get; private set; }

    public int Count { get; private set; }

    /// <summary>Encoded bytes before any codec, header included.</summary>
    public int Bytes { get; private set; }

    public long BaseTimestamp { get; private set; }

    public long MaxTimestamp { get; private set; }

    /// <summary>Charged beside the chunks.</summary>
    public int Overhead { get; set; }

    /// <summary>Bytes left in the last chunk.</summary>
    public int RoomInChunk => _chunks[_chunkCount - 1].Length - _lengths[_chunkCount - 1];

    /// <summary>How many chunks go on the wire.</summary>
    public int ChunkCount => Codec == CompressionType.None ? _chunkCount : _compressed.Chunks;

    public ReadOnlySpan<byte[]> Chunks => _chunks.AsSpan(0, _chunkCount);

    /// <summary>Whose records alone it has, if that sink halts on failure; null = of any sinks that do not.</summary>
    public Sink? HaltingSink { get; set; }

    /// <summary>What the lane knows of it once it is drained.</summary>
    public BatchDelivery Delivery;

    /// <summary>The batch it is a part of since a split: callers await that one, which holds the memory. Null = it is no part.</summary>
    public ProducerBatch? SplitFrom { get; private set; }

    /// <summary>The number of its first record in the whole batch.</summary>
    public int FirstIndex { get; private set; }

    public void Open(PartitionChannel channel, byte[] chunk, int overhead, long timestamp, long generation)
    {
        Channel = channel;
        Overhead = overhead;
        BaseTimestamp = MaxTimestamp = timestamp;
        Generation = generation;
        Bytes = RecordBatchHeader.Size;
        AddChunk(chunk);
        _lengths[0] = RecordBatchHeader.Size;
    }

    /// <summary>An empty part of a batch, or of a part of one. Not pooled: splits are rare.</summary>
    public static ProducerBatch PartOf(ProducerBatch batch, int firstIndex)
    {
        var part = new ProducerBatch
        {
            SplitFrom = batch.SplitFrom ?? batch,
            FirstIndex = firstIndex,
            Channel = batch.Channel,
            HaltingSink = batch.HaltingSink,
            IsClosed = true,
            OpenedAt = batch.OpenedAt,
            Generation = batch.Generation,
            BaseTimestamp = batch.BaseTimestamp,
            MaxTimestamp = long.MinValue,
            Bytes = RecordBatchHeader.Size,
            _starts = new int[batch._chunkCount + 1],
        };
        part.AddChunk(new byte[RecordBatchHeader.Size]);
        part._lengths[0] = RecordBatchHeader.Size;
        return part;
    }

    /// <summary>Adds encoded records to a part.</summary>
    /// <param name="records">Where they stand in the whole batch's memory.</param>
    /// <param name="count">How many.</param>
    /// <param name="latest">The largest of their times, in milliseconds from the base timestamp.</param>
    public void AddRecords(ArraySegment<byte> records, int count, long latest)
    {
        if (count == 0)
        {
            return;
        }

        AddChunk(records.Array!);
        _starts![_chunkCount - 1] = records.Offset;
        _lengths[_chunkCount - 1] = records.Count;
        Bytes += records.Count;
        Count += count;
        MaxTimestamp = Math.Max(MaxTimestamp, BaseTimestamp + latest);
    }

    /// <summary>The encoded records in a chunk.</summary>
    public ArraySegment<byte> RecordsInChunk(int index)
    {
        var start = (_starts?[index] ?? 0) + (index == 0 ? RecordBatchHeader.Size : 0);
        return new ArraySegment<byte>(_chunks[index], start, _lengths[index] - (index == 0 ? RecordBatchHeader.Size : 0));
    }

    /// <summary>Takes the outcome of a part; the parts are decided in order.</summary>
    /// <returns>The outcome of the whole batch with the last one, else null.</returns>
    public BatchOutcome? DecidePart(ProducerBatch part, in BatchOutcome outcome)
    {
        part.IsDecided = true;
        _decidedParts ??= [];
        foreach (ref readonly var range in outcome.Ranges)
        {
            _decidedParts.Add(range with { FirstIndex = part.FirstIndex + range.FirstIndex });
        }

        return part.FirstIndex + part.Count < Count
            ? null
            : new BatchOutcome(outcome.Topic, outcome.Partition, BaseTimestamp, [.. _decidedParts], outcome.SuccessPersistence);
    }

    public void AddChunk(byte[] chunk)
    {
        if (_chunkCount == _chunks.Length)
        {
            Array.Resize(ref _chunks, _chunkCount * 2);
            Array.Resize(ref _lengths, _chunkCount * 2);
        }

        _chunks[_chunkCount] = chunk;
        _lengths[_chunkCount++] = 0;
    }

    /// <summary>Counts one more record and gives the room for its bytes.</summary>
    public ArraySegment<byte> Reserve(int bytes, long timestamp)
    {
        ref var length = ref _lengths[_chunkCount - 1];
        var room = new ArraySegment<byte>(_chunks[_chunkCount - 1], length, bytes);
        length += bytes;
        Bytes += bytes;
        Count++;
        if (timestamp > MaxTimestamp)
        {
            MaxTimestamp = timestamp;
        }

        return room;
    }

    /// <summary>Records of whose failure perhaps nobody is told. Of a part: at most so many.</summary>
    public int UnobservedRecords => SplitFrom is { } whole ? Math.Min(Count, whole.UnobservedRecords) : Listeners.Unobserved;

    /// <summary>
    /// Writes the header over the room left for it; the records stay as they are, so a retry under other numbers costs one CRC.
    /// </summary>
    public void Seal(bool transactional)
    {
        var header = _chunks[0].AsSpan(0, RecordBatchHeader.Size);
        const short TransactionalAttribute = 0x10;
        var (identity, sequence) = Delivery.Numbers ?? new BatchNumbers(ProducerIdentity.None, -1);
        var attributes = (short)((int)Codec + (transactional ? TransactionalAttribute : 0));
        RecordBatchHeader.Write(
            header, WireBytes, attributes, Count - 1, BaseTimestamp, MaxTimestamp, identity.Id, identity.Epoch, sequence, Count);
        var crc = Crc32C.Start;
        for (var i = 0; i < ChunkCount; i++)
        {
            crc = Crc32C.Append(crc, ChunkBytes(i)[(i == 0 ? RecordBatchHeader.CrcStart : 0)..]);
        }

        RecordBatchHeader.WriteCrc(header, Crc32C.Finish(crc));
    }

    /// <summary>What of a chunk goes on the wire.</summary>
    public ReadOnlySpan<byte> ChunkBytes(int index) => Codec != CompressionType.None && index == _compressed.Chunks - 1
        ? _chunks[index].AsSpan(0, _compressed.LastLength)
        : _chunks[index].AsSpan(_starts?[index] ?? 0, _lengths[index]);

    /// <summary>Has its outcome; kept only because a request still names it.</summary>
    public bool IsDecided { get; private set; }

    /// <summary>A record carries a trace. Of those without a span of their own a batch keeps some, as links of its span.</summary>
    public void Add(RecordTrace trace, int index)
    {
        if (trace.Span is null && Traces is { } there && (there.Count >= SendTracing.MostLinks || there[^1].Context == trace.Context))
        {
            return;
        }

        trace.Index = index;
        (Traces ??= []).Add(trace);
    }

    /// <summary>Tells everybody the outcome. Owner, once; afterwards the batch holds nobody.</summary>
    public void Decide(in BatchOutcome outcome)
    {
        IsDecided = true;
        Listeners.Decide(outcome);
    }

    /// <summary>Its chunks were given back.</summary>
    public void DropChunks()
    {
        Array.Clear(_chunks, 0, _chunkCount);
        _chunkCount = 0;
    }

    /// <summary>Makes it as new, for the pool.</summary>
    public void Reset()
    {
        Channel = null!;
        IsDecided = IsClosed = IsOverdue = IsAwaited = IsLone = AwaitsCodec = false;
        NextClosed = null;
        HaltingSink = null;
        Count = Bytes = Overhead = 0;
        Codec = CompressionType.None;
        Delivery = default;
        _decidedParts = null;
        Traces = null;
    }
}
