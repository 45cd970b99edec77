using System.Buffers;
using System.Buffers.Binary;
using Snappier;

namespace Rx.Kafka.Protocol.Compression;

/// <summary>
/// Snappy in the xerial format, as the Java client writes it: a header, then for each 32 KiB of input the length of a block and the block.
/// </summary>
internal sealed class SnappyCodec : ICompressionCodec
{
    private const int BlockSize = 32 * 1024;
    private const int LengthSize = 4;

    private static readonly int LargestBlock = Snappy.GetMaxCompressedLength(BlockSize);

    // Magic, version int32 = 1, lowest compatible version int32 = 1.
    private static ReadOnlySpan<byte> Header =>
        [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1];

    public CompressionType Type => CompressionType.Snappy;

    public void Compress(in ReadOnlySequence<byte> source, IBufferWriter<byte> destination)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize + LengthSize + LargestBlock);
        try
        {
            destination.Write(Header);
            var output = buffer.AsSpan(BlockSize);
            var blocks = new BlockCutter(source, buffer.AsSpan(0, BlockSize));
            while (blocks.TryNext(out var block))
            {
                var length = Snappy.Compress(block, output[LengthSize..]);
                BinaryPrimitives.WriteInt32BigEndian(output, length);
                destination.Write(output[..(LengthSize + length)]);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
