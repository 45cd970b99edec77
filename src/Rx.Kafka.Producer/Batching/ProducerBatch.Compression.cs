using System.Buffers;
using Rx.Kafka.Protocol.Compression;
using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Batching;

/// <summary>
/// The compressed records stand in the batch's own chunks, which they fill as far as the plain ones did. So memory does not change, and
/// there is room to make them plain again.
/// </summary>
internal sealed partial class ProducerBatch
{
    /// <summary>How many chunks the compressed records reach, and how far into the last one.</summary>
    private (int Chunks, int LastLength) _compressed;
    private int _compressedBytes;

    /// <summary>It is closed and not compressed yet: nobody reads it. Under its channel's gate.</summary>
    public bool AwaitsCodec { get; set; }

    /// <summary>How its records are written; None = plain.</summary>
    public CompressionType Codec { get; private set; }

    /// <summary>What it takes on the wire, header included: what a broker and MaxRequestSize limit.</summary>
    public int WireBytes => Codec == CompressionType.None ? Bytes : _compressedBytes;

    /// <summary>Its plain records without the header.</summary>
    public int RecordBytes => Bytes - RecordBatchHeader.Size;

    /// <summary>Puts compressed records in the place of the plain ones, if that saves anything. Compressor.</summary>
    public bool TryReplaceRecords(CompressionType codec, ReadOnlySpan<byte> records)
    {
        if (records.Length >= RecordBytes)
        {
            return false;
        }

        _compressedBytes = RecordBatchHeader.Size + records.Length;
        for (var i = 0; ; i++)
        {
            var room = RecordsInChunk(i);
            var part = Math.Min(room.Count, records.Length);
            records[..part].CopyTo(room);
            records = records[part..];
            if (records.IsEmpty)
            {
                _compressed = (i + 1, room.Offset + part);
                Codec = codec;
                return true;
            }
        }
    }

    /// <summary>Makes its records plain again. Owner.</summary>
    /// <returns>False where they cannot be read: the codec was a user's.</returns>
    public bool TryMakePlain()
    {
        if (Codec == CompressionType.None)
        {
            return true;
        }

        var compressed = ArrayPool<byte>.Shared.Rent(WireBytes);
        var plain = ArrayPool<byte>.Shared.Rent(RecordBytes);
        var length = 0;
        for (var i = 0; i < ChunkCount; i++)
        {
            var chunk = ChunkBytes(i)[(i == 0 ? RecordBatchHeader.Size : 0)..];
            chunk.CopyTo(compressed.AsSpan(length));
            length += chunk.Length;
        }

        var isReadable = Decompression.TryDecompress(Codec, compressed, length, plain.AsSpan(0, RecordBytes));
        if (isReadable)
        {
            BecomePlain(plain);
        }

        ArrayPool<byte>.Shared.Return(compressed);
        ArrayPool<byte>.Shared.Return(plain);
        return isReadable;
    }

    private void BecomePlain(ReadOnlySpan<byte> records)
    {
        Codec = CompressionType.None;
        for (var i = 0; i < ChunkCount; i++)
        {
            var room = RecordsInChunk(i);
            records[..room.Count].CopyTo(room);
            records = records[room.Count..];
        }
    }
}
