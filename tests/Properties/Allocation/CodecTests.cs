using System.Buffers;
using System.Globalization;
using Rx.Kafka.Properties.Protocol.Codecs;
using Rx.Kafka.Protocol.Compression;
using Xunit.Abstractions;

namespace Rx.Kafka.Properties.Allocation;

/// <summary>
/// V7: once warm, a codec allocates nothing for a batch. Exceptions are one small object for each 32 KiB in the package of snappy, and a few for a batch in the framework's gzip, whose streams
/// cannot be used again.
/// </summary>
[Collection(Alone.Name)]
public sealed class CodecTests(ITestOutputHelper output)
{
    private const int Batches = 500;

    [Theory]
    [InlineData(CompressionType.Gzip, null, 16_384, 400)]
    [InlineData(CompressionType.Snappy, null, 16_384, 48 + 1)]
    [InlineData(CompressionType.Lz4, null, 16_384, 1)]
    [InlineData(CompressionType.Lz4, 9, 16_384, 1)]
    [InlineData(CompressionType.Zstd, null, 16_384, 1)]
    [InlineData(CompressionType.Snappy, null, 200_000, (7 * 48) + 1)]
    [InlineData(CompressionType.Lz4, null, 200_000, 1)]
    [InlineData(CompressionType.Zstd, null, 200_000, 1)]
    public void Compressing_batches_allocates_next_to_nothing(CompressionType type, int? level, int size, int mostPerBatch)
    {
        var codec = BuiltInCodecs.Create(type, level)!;
        var input = Inputs.Make(InputKind.Text, size, seed: 1);
        var source = Segments.Of(input, Enumerable.Repeat(10_000, size / 10_000).Append(size % 10_000));
        var destination = new ArrayBufferWriter<byte>(2 * size);
        Compress();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Compress();
        var perBatch = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Batches;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{perBatch:0.0} B per batch of {size} bytes"));
        Assert.InRange(perBatch, 0, mostPerBatch);

        void Compress()
        {
            for (var i = 0; i < Batches; i++)
            {
                destination.ResetWrittenCount();
                codec.Compress(source, destination);
            }
        }
    }
}
