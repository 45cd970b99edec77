using Rx.Kafka.Memory;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Batching;

/// <summary>
/// A record batch: encoded records in pooled chunks, and per sink or shared completion what is needed to tell the outcome. Written under its channel's gate until it is closed,
/// then by the owner of its lane. Pooled: nobody else holds on to it.
/// </summary>
internal sealed class ProducerBatch
{
    /// <summary>What a batch itself adds to the ledger, in bytes.</summary>
    public const int BaseOverhead = 512;

    /// <summary>The most that opening a batch charges beside its chunk.</summary>
    public static readonly int MaximumOverhead = BaseOverhead + Math.Max(SharedCompletion.Bytes, SinkShare.SegmentBytes(SinkInterest.Records, first: true));

    public static BatchOverhead Overheads { get; } = new(BaseOverhead, MaximumOverhead);

    private byte[][] _chunks = new byte[1][];
    private int[] _lengths = new int[1];
    private int _chunkCount;

    /// <summary>Where a part's bytes begin in the chunks, which belong to the whole batch; a batch of its own has none.</summary>
    private int[]? _starts;
    private List<OutcomeRange>? _decidedParts;
    private SinkShare? _shares;
    private SharedCompletion? _sharedCompletions;
    private RecordCompletion? _completions;

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

    /// <summary>Copies of large records that are still being made outside the gate: it must be neither sent nor decided before they end.</summary>
    public int OpenCopies { get; set; }

    public int Count { get; private set; }

    /// <summary>Encoded bytes, header included.</summary>
    public int Bytes { get; private set; }

    public long BaseTimestamp { get; private set; }

    public long MaxTimestamp { get; private set; }

    /// <summary>Charged beside the chunks.</summary>
    public int Overhead { get; set; }

    /// <summary>Bytes left in the last chunk.</summary>
    public int RoomInChunk => _chunks[_chunkCount - 1].Length - _lengths[_chunkCount - 1];

    public int ChunkCount => _chunkCount;

    public ReadOnlySpan<byte[]> Chunks => _chunks.AsSpan(0, _chunkCount);

    // What the lane knows of it, from here on the owner's.

    /// <summary>The batch it is a part of since a split: callers await that one, which holds the memory. Null = it is no part.</summary>
    public ProducerBatch? Whole { get; private set; }

    /// <summary>The number of its first record in the whole batch.</summary>
    public int FirstIndex { get; private set; }

    public ProducerIdentity Identity { get; set; } = ProducerIdentity.None;

    /// <summary>Sequence number of its first record, −1 = none given yet.</summary>
    public int BaseSequence { get; set; } = -1;

    /// <summary>How often it was handed to a connection.</summary>
    public int Attempts { get; set; }

    /// <summary>An attempt was handed to a connection and is neither acknowledged nor proven absent.</summary>
    public bool IsUnclear { get; set; }

    /// <summary>Sent while another one was in flight, under the proof that the broker knows this producer.</summary>
    public bool SentUnderProof { get; set; }

    /// <summary>What is decided of it while earlier ones are not.</summary>
    public BatchOutcome? Kept { get; set; }

    public bool IsInFlight { get; set; }

    /// <summary>Answered OUT_OF_ORDER while unclear: a later batch's answer tells whether it is on the log.</summary>
    public bool AwaitsLaterProof { get; set; }

    /// <summary>Answered UNKNOWN_TOPIC_OR_PARTITION: the topic may have been made anew before one behind it succeeded, which then says nothing of this one.</summary>
    public bool MissedTopic { get; set; }

    /// <summary>An attempt may be on the log of a topic that was made anew since.</summary>
    public bool IsOfReplacedTopic { get; set; }

    /// <summary>The last thing that went wrong with it, for the text of a delivery timeout.</summary>
    public AttemptFailure? LastCause { get; set; }

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
            Whole = batch.Whole ?? batch,
            FirstIndex = firstIndex,
            Channel = batch.Channel,
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

        return part.FirstIndex + part.Count < Count ? null : new BatchOutcome(outcome.Topic, outcome.Partition, BaseTimestamp, [.. _decidedParts], outcome.SuccessPersistence);
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

    /// <summary>The share of a sink whose next record can be added, or null where the share or its next segment must be charged first.</summary>
    public SinkShare? ShareFor(Sink sink, SinkInterest interest) =>
        _shares is { } share && share.Sink == sink && share.Interest == interest && !share.NeedsSegment ? share : FindShare(sink, interest);

    /// <summary>What <see cref="GrowShare"/> will add to the ledger.</summary>
    public int ShareBytes(Sink sink, SinkInterest interest) => SinkShare.SegmentBytes(interest, first: ShareOf(sink, interest) is null);

    /// <summary>Makes room for a sink's next record; it must have been charged. A new share comes first in the list, where the next lookup finds it.</summary>
    public SinkShare GrowShare(Sink sink, SinkInterest interest)
    {
        var share = ShareOf(sink, interest);
        if (share is null)
        {
            share = SinkShare.Rent(sink, interest);
            share.Next = _shares;
            _shares = share;
        }

        if (interest != SinkInterest.None)
        {
            share.AddSegment();
        }

        return share;
    }

    /// <summary>Records of whose failure perhaps nobody is told: nobody observes their sink's deliveries, or looks at their task. Of a part: at most so many.</summary>
    public int UnobservedRecords
    {
        get
        {
            if (Whole is { } whole)
            {
                return Math.Min(Count, whole.UnobservedRecords);
            }

            var records = 0;
            for (var share = _shares; share is not null; share = share.Next)
            {
                // Both: who unsubscribed meanwhile hears nothing, and who subscribed later hears nothing of these.
                records += share.Interest == SinkInterest.Records && share.Sink.Interest == SinkInterest.Records ? 0 : share.Count;
            }

            for (var completion = _completions; completion is not null; completion = completion.Next)
            {
                records += completion.MayGoUnheard ? 1 : 0;
            }

            return records;
        }
    }

    public bool HasShareOf(Sink sink, SinkInterest interest) => ShareOf(sink, interest) is not null;

    public SharedCompletion? SharedCompletionWithRoom => _sharedCompletions is { } shared && shared.HasRoom(Count) ? shared : null;

    public void AddSharedCompletion(SharedCompletion shared)
    {
        shared.Next = _sharedCompletions;
        _sharedCompletions = shared;
    }

    public void AddCompletion(RecordCompletion completion)
    {
        completion.Next = _completions;
        _completions = completion;
    }

    /// <summary>Writes the header over the room left for it; the records stay as they are, so a retry under other numbers costs one CRC.</summary>
    public void Seal(bool transactional)
    {
        var header = _chunks[0].AsSpan(0, RecordBatchHeader.Size);
        const short TransactionalAttribute = 0x10;
        RecordBatchHeader.Write(header, Bytes, transactional ? TransactionalAttribute : (short)0, Count - 1, BaseTimestamp, MaxTimestamp, Identity.Id, Identity.Epoch, BaseSequence, Count);
        var crc = Crc32C.Start;
        for (var i = 0; i < ChunkCount; i++)
        {
            crc = Crc32C.Append(crc, ChunkBytes(i)[(i == 0 ? RecordBatchHeader.CrcStart : 0)..]);
        }

        RecordBatchHeader.WriteCrc(header, Crc32C.Finish(crc));
    }

    public ReadOnlySpan<byte> ChunkBytes(int index) => _chunks[index].AsSpan(_starts?[index] ?? 0, _lengths[index]);

    /// <summary>Has its outcome; kept only because a request still names it.</summary>
    public bool IsDecided { get; private set; }

    /// <summary>Tells everybody the outcome. Owner, once; afterwards the batch holds nobody.</summary>
    public void Decide(in BatchOutcome outcome)
    {
        IsDecided = true;

        // Newest first in the list; the facts of one sink are told in order.
        SinkShare? oldest = null;
        for (var share = _shares; share is not null;)
        {
            var next = share.Next;
            share.Next = oldest;
            oldest = share;
            share = next;
        }

        while (oldest is not null)
        {
            var next = oldest.Next;
            oldest.Next = null;
            oldest.Decide(outcome);
            oldest = next;
        }

        for (var shared = _sharedCompletions; shared is not null;)
        {
            var next = shared.Next;
            shared.Decide(outcome);
            shared = next;
        }

        for (var completion = _completions; completion is not null;)
        {
            var next = completion.Next;
            completion.Next = null;
            completion.Decide(outcome);
            completion = next;
        }

        _shares = null;
        _sharedCompletions = null;
        _completions = null;
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
        IsDecided = IsClosed = IsOverdue = IsUnclear = IsInFlight = SentUnderProof = AwaitsLaterProof = MissedTopic = IsOfReplacedTopic = false;
        NextClosed = null;
        Count = Bytes = Overhead = Attempts = 0;
        Identity = ProducerIdentity.None;
        BaseSequence = -1;
        Kept = null;
        _decidedParts = null;
        LastCause = null;
    }

    private SinkShare? FindShare(Sink sink, SinkInterest interest) =>
        ShareOf(sink, interest) is { NeedsSegment: false } share ? share : null;

    /// <summary>The sink's newest share, if it keeps what is wanted now. An older one is not added to again, else facts would be told out of order.</summary>
    private SinkShare? ShareOf(Sink sink, SinkInterest interest)
    {
        for (var share = _shares; share is not null; share = share.Next)
        {
            if (share.Sink == sink)
            {
                return share.Interest == interest ? share : null;
            }
        }

        return null;
    }
}
