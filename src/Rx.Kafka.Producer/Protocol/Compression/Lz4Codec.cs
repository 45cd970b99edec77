using System.Buffers;
using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace Rx.Kafka.Protocol.Compression;

/// <summary>
/// One LZ4 frame of independent blocks without checksums, the only kind that all of Kafka's readers take. A block is at most 64 KiB and
/// lies in one segment, so nothing is copied together.
/// </summary>
internal sealed class Lz4Codec(int level) : ICompressionCodec
{
    public const int DefaultLevel = 1;

    private const int BlockSize = 64 * 1024;
    private const int LengthSize = 4;
    private const uint StoredAsIs = 0x80000000;

    private readonly LZ4Level _level = level < (int)LZ4Level.L03_HC ? LZ4Level.L00_FAST : (LZ4Level)Math.Min(level, (int)LZ4Level.L12_MAX);

    public CompressionType Type => CompressionType.Lz4;

    // Magic, FLG = version 1 and independent blocks, BD = 64 KiB, HC = the second byte of xxHash32 of FLG and BD.
    private static ReadOnlySpan<byte> Header => [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82];

    private static ReadOnlySpan<byte> EndMark => [0, 0, 0, 0];

    public void Compress(in ReadOnlySequence<byte> source, IBufferWriter<byte> destination)
    {
        destination.Write(Header);
        foreach (var segment in source)
        {
            for (var left = segment.Span; !left.IsEmpty;)
            {
                var block = left[..Math.Min(left.Length, BlockSize)];
                WriteBlock(block, destination);
                left = left[block.Length..];
            }
        }

        destination.Write(EndMark);
    }

    /// <summary>
    /// Size uint32 little-endian, and the block; one that does not get smaller goes as it is, with the highest bit of its size set.
    /// </summary>
    private void WriteBlock(ReadOnlySpan<byte> block, IBufferWriter<byte> destination)
    {
        var output = destination.GetSpan(LengthSize + block.Length)[..(LengthSize + block.Length)];
        var length = LZ4Codec.Encode(block, output[LengthSize..^1], _level);
        if (length > 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(output, (uint)length);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(output, (uint)block.Length | StoredAsIs);
            block.CopyTo(output[LengthSize..]);
            length = block.Length;
        }

        destination.Advance(LengthSize + length);
    }
}
