using System.Buffers;
using Microsoft.Extensions.ObjectPool;

namespace Rx.Kafka.Batching;

/// <summary>
/// Where a codec writes, and a batch's chunks as one sequence that it reads. One is in use for each batch that is being compressed; of
/// these there are mostly no more than are kept, a few for each processor. Not counted in BufferMemory: what comes out goes back into the
/// batch's own chunks.
/// </summary>
internal sealed class CodecBuffer : IBufferWriter<byte>
{
    /// <summary>Larger ones are left to the collector.</summary>
    private const int MostKept = 2 * 1024 * 1024;

    private const int Smallest = 4096;

    /// <summary>Codecs ask for room ahead of what they write.</summary>
    private const int Spare = 1024 * 1024;

    private static readonly ObjectPool<CodecBuffer> Pool =
        new DefaultObjectPoolProvider { MaximumRetained = 4 * Environment.ProcessorCount }.Create<CodecBuffer>();

    private readonly List<Segment> _segments = [];
    private byte[] _bytes = [];
    private long _limit;

    /// <summary>How many bytes were written.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <param name="plain">How many bytes the codec reads. What gets much larger is of no use, so no memory is given for it.</param>
    public static CodecBuffer Rent(int plain)
    {
        var buffer = Pool.Get();
        buffer._limit = (2L * plain) + Spare;
        if (buffer._bytes.Length < plain)
        {
            // At once, not by steps; a codec may ask for a little more than there is to read.
            buffer._bytes = new byte[plain + (plain / 64) + Smallest];
        }

        return buffer;
    }

    public void Return()
    {
        Length = 0;
        _segments.ForEach(static segment => segment.Clear());
        if (_bytes.Length <= MostKept)
        {
            Pool.Return(this);
        }
    }

    /// <summary>The plain records of a batch.</summary>
    public ReadOnlySequence<byte> RecordsOf(ProducerBatch batch)
    {
        if (batch.ChunkCount == 1)
        {
            return new ReadOnlySequence<byte>(batch.RecordsInChunk(0));
        }

        long before = 0;
        Segment? next = null;
        for (var i = batch.ChunkCount - 1; i >= 0; i--)
        {
            if (_segments.Count < batch.ChunkCount)
            {
                _segments.Add(new Segment());
            }

            next = _segments[batch.ChunkCount - 1 - i].Set(batch.RecordsInChunk(i), next);
        }

        var first = next!;
        for (var segment = first; segment is not null; segment = segment.After)
        {
            before = segment.StartAt(before);
        }

        var last = _segments[0];
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - Length);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(Length);
    }

    private void Reserve(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        var needed = Length + (long)Math.Max(sizeHint, 1);
        if (needed > _limit)
        {
            throw new InvalidOperationException(
                $"The codec has written {Length} bytes and asked for {sizeHint} more; it gets at most {_limit} for such a batch.");
        }

        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, checked((int)Math.Max(needed, Math.Max(Smallest, Math.Min(_bytes.Length * 2L, Array.MaxLength)))));
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment? After => (Segment?)Next;

        public Segment Set(ReadOnlyMemory<byte> memory, Segment? next)
        {
            Memory = memory;
            Next = next;
            return this;
        }

        /// <returns>Where the next one begins.</returns>
        public long StartAt(long index)
        {
            RunningIndex = index;
            return index + Memory.Length;
        }

        public void Clear()
        {
            Memory = default;
            Next = null;
        }
    }
}
