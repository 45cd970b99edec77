using System.Buffers;
using System.IO.Compression;

namespace Rx.Kafka.Protocol.Compression;

/// <summary>
/// One gzip member (RFC 1952) by the framework's zlib. Its streams cannot be used again, so each batch costs a few small objects.
/// </summary>
internal sealed class GzipCodec(int level) : ICompressionCodec
{
    public const int DefaultLevel = 6;

    private readonly ZLibCompressionOptions _options = new() { CompressionLevel = level };

    public CompressionType Type => CompressionType.Gzip;

    // Magic, method deflate, nothing else in the header; a block that ends at once; CRC-32 and size 0.
    private static ReadOnlySpan<byte> Empty => [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public void Compress(in ReadOnlySequence<byte> source, IBufferWriter<byte> destination)
    {
        if (source.IsEmpty)
        {
            // Of no bytes the framework makes none, where the format has a member.
            destination.Write(Empty);
            return;
        }

        using var output = new BufferWriterStream(destination);
        using var gzip = new GZipStream(output, _options, leaveOpen: true);
        foreach (var segment in source)
        {
            gzip.Write(segment.Span);
        }
    }
}
