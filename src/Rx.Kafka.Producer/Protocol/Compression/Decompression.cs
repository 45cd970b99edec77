using System.Buffers.Binary;
using System.IO.Compression;
using K4os.Compression.LZ4;
using ZstdSharp;

namespace Rx.Kafka.Protocol.Compression;

/// <summary>
/// Reads again what a codec wrote, where a batch must be split or go without its codec: rare, so it is simple rather than fast. How long
/// the plain bytes are is known.
/// </summary>
internal static class Decompression
{
    private const int XerialHeaderSize = 16;
    private const uint StoredAsIs = 0x80000000;

    private static ReadOnlySpan<byte> XerialMagic => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0];

    /// <summary>Fills the destination.</summary>
    /// <returns>False where the bytes are not what that codec writes: a codec of the user's may write anything.</returns>
    public static bool TryDecompress(CompressionType type, byte[] source, int length, Span<byte> destination)
    {
        try
        {
            var bytes = source.AsSpan(0, length);
            return destination.Length == type switch
            {
                CompressionType.Gzip => Gzip(source, length, destination),
                CompressionType.Snappy => Snappy(bytes, destination),
                CompressionType.Lz4 => Lz4(bytes, destination),
                _ => Zstd(bytes, destination),
            };
        }
        catch (Exception)
        {
            return false;
        }
    }

    private static int Gzip(byte[] source, int length, Span<byte> destination)
    {
        using var input = new MemoryStream(source, 0, length, writable: false);
        using var gzip = new GZipStream(input, CompressionMode.Decompress);
        return gzip.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
    }

    private static int Snappy(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (!source.StartsWith(XerialMagic))
        {
            return Snappier.Snappy.Decompress(source, destination);
        }

        var written = 0;
        for (source = source[XerialHeaderSize..]; !source.IsEmpty;)
        {
            var size = BinaryPrimitives.ReadInt32BigEndian(source);
            written += Snappier.Snappy.Decompress(source.Slice(sizeof(int), size), destination[written..]);
            source = source[(sizeof(int) + size)..];
        }

        return written;
    }

    // One frame of independent blocks: what Kafka reads. FLG says what else stands in it: bit 4 a checksum after each block, bit 3 the size
    // of the content, bit 0 the number of a dictionary. Checksums are not looked at: nothing has been anywhere where it could be spoilt.
    private static int Lz4(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var flags = source[4];
        var blockEnd = (flags & 0x10) != 0 ? sizeof(uint) : 0;
        var written = 0;
        source = source[(7 + ((flags & 0x08) != 0 ? sizeof(ulong) : 0) + ((flags & 0x01) != 0 ? sizeof(uint) : 0))..];
        while (BinaryPrimitives.ReadUInt32LittleEndian(source) is var size and > 0)
        {
            var block = source.Slice(sizeof(uint), (int)(size & ~StoredAsIs));
            if ((size & StoredAsIs) != 0)
            {
                block.CopyTo(destination[written..]);
                written += block.Length;
            }
            else if (LZ4Codec.Decode(block, destination[written..]) is var plain and >= 0)
            {
                written += plain;
            }
            else
            {
                return -1;
            }

            source = source[(sizeof(uint) + block.Length + blockEnd)..];
        }

        return written;
    }

    private static int Zstd(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        using var context = new Decompressor();
        return context.Unwrap(source, destination);
    }
}
