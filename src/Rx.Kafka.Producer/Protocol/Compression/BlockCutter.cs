using System.Buffers;

namespace Rx.Kafka.Protocol.Compression;

/// <summary>
/// Cuts a sequence into blocks of one size. A block that lies in one segment is a view of it; only one that straddles is copied together.
/// </summary>
/// <param name="source">What to cut.</param>
/// <param name="scratch">Where a block is copied together; its length is that of all blocks but the last.</param>
internal ref struct BlockCutter(ReadOnlySequence<byte> source, Span<byte> scratch)
{
    private readonly Span<byte> _scratch = scratch;
    private ReadOnlySequence<byte> _left = source;

    /// <summary>The next block, which is valid until the next call; false at the end.</summary>
    public bool TryNext(out ReadOnlySpan<byte> block)
    {
        var length = (int)Math.Min(_left.Length, _scratch.Length);
        block = _left.FirstSpan;
        if (block.Length < length)
        {
            _left.Slice(0, length).CopyTo(_scratch);
            block = _scratch;
        }

        block = block[..length];
        _left = _left.Slice(length);
        return length > 0;
    }
}
