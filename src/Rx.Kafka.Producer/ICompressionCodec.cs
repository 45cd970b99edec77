using System.Buffers;

namespace Rx.Kafka;

/// <summary>
/// Compresses the records of batches. The library has one for each of Kafka's codecs; give another, such as one on native zstd, with <see
/// cref="Compression.Of"/>.
/// </summary>
public interface ICompressionCodec
{
    /// <summary>The codec as brokers and consumers know it. It never changes, and is not <see cref="CompressionType.None"/>.</summary>
    CompressionType Type { get; }

    /// <summary>
    /// Writes all of <paramref name="source"/>, compressed and framed as Kafka's readers expect: gzip and zstd as they are, snappy in
    /// chunks of the xerial format, lz4 as a frame of independent blocks. Called on <see cref="ProducerRuntime.TaskScheduler"/>, on several
    /// threads at once; it must not wait for others. If it throws, the batch is sent uncompressed.
    /// </summary>
    /// <param name="source">The encoded records of one batch: one or more segments; it is valid until the call returns.</param>
    /// <param name="destination">Where the output goes, in as many pieces as you like; nobody else uses it meanwhile.</param>
    void Compress(in ReadOnlySequence<byte> source, IBufferWriter<byte> destination);
}
