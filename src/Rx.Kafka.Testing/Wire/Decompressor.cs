using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using ZstdSharp;

namespace Rx.Kafka.Testing.Wire;

/// <summary>Decompresses the records of a batch; takes and refuses what Kafka's own readers do (protocol.md section 8).</summary>
internal static class Decompressor
{
    private const int Gzip = 1;
    private const int Snappy = 2;
    private const int Lz4 = 3;
    private const int Zstd = 4;
    private const int GzipMemberBytes = 10 + 2 + 8;
    private const int PieceBytes = 16 * 1024;

    /// <summary>The records as they were before compression.</summary>
    /// <param name="codec">As in the batch's attributes; 0 is a copy.</param>
    /// <param name="records">What follows the batch's header.</param>
    /// <param name="limit">The most bytes that may come out; a bomb is refused before more than about twice that is allocated.</param>
    /// <exception cref="InvalidDataException">It is cut off, spoilt, of no such codec, or too large.</exception>
    public static byte[] Decompress(int codec, ReadOnlySpan<byte> records, long limit)
    {
        if (codec == 0)
        {
            return records.ToArray();
        }

        if (records.IsEmpty)
        {
            throw new InvalidDataException("There is nothing to decompress.");
        }

        var output = new BoundedOutput(limit);
        switch (codec)
        {
            case Gzip:
                Copy(records, static input => new GZipStream(input, CompressionMode.Decompress), output);
                CheckTrailer(records, output.Written);
                break;
            case Snappy:
                SnappyReader.Read(records, output);
                break;
            case Lz4:
                Lz4FrameReader.Read(records, output);
                break;
            case Zstd:
                Copy(records, static input => new DecompressionStream(input), output);
                break;
            default:
                throw new InvalidDataException($"There is no codec {codec}.");
        }

        return output.Written.ToArray();
    }

    private static void Copy(ReadOnlySpan<byte> records, Func<Stream, Stream> open, BoundedOutput output)
    {
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            using var input = new MemoryStream(records.ToArray());
            using var stream = open(input);
            while (stream.Read(piece) is > 0 and var length)
            {
                output.Write(piece.AsSpan(0, length));
            }
        }
        catch (Exception e) when (e is ZstdException or EndOfStreamException)
        {
            throw new InvalidDataException(e.Message, e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    /// <summary>
    /// The framework's stream takes what is cut off for whole. The last eight bytes are the CRC-32 and the size of what the last member has.
    /// </summary>
    private static void CheckTrailer(ReadOnlySpan<byte> records, ReadOnlySpan<byte> output)
    {
        if (records.Length < GzipMemberBytes)
        {
            throw new InvalidDataException("The gzip member is cut off.");
        }

        var size = BinaryPrimitives.ReadUInt32LittleEndian(records[^4..]);
        if (size > output.Length || (size == 0 && !output.IsEmpty) || Crc32.HashToUInt32(output[^(int)size..]) != BinaryPrimitives.ReadUInt32LittleEndian(records[^8..]))
        {
            throw new InvalidDataException("The gzip member is cut off, or its CRC-32 is wrong.");
        }
    }
}
