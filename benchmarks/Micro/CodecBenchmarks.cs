using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Rx.Kafka.Protocol.Compression;

namespace Rx.Kafka.Benchmarks;

/// <summary>One batch of JSON text compressed, from chunks as a batch has them.</summary>
public class CodecBenchmarks
{
    private const int ChunkBytes = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _destination = new(2 << 20);
    private ICompressionCodec _codec = null!;
    private ReadOnlySequence<byte> _source;

    [Params(16 * 1024, 1024 * 1024)]
    public int Bytes { get; set; }

    [Params("gzip", "gzip 1", "snappy", "lz4", "lz4 9", "zstd", "zstd 1")]
    public string Codec { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var words = Codec.Split(' ');
        var type = Enum.Parse<CompressionType>(words[0], ignoreCase: true);
        _codec = BuiltInCodecs.Create(type, words.Length > 1 ? int.Parse(words[1]) : null)!;
        _source = Chunks(Text(Bytes));
        Compress();
        Console.WriteLine($"// {Codec} of {Bytes}: {_destination.WrittenCount} bytes, {(double)Bytes / _destination.WrittenCount:0.00} to 1");
    }

    [Benchmark]
    public int Compress()
    {
        _destination.ResetWrittenCount();
        _codec.Compress(_source, _destination);
        return _destination.WrittenCount;
    }

    private static byte[] Text(int bytes)
    {
        var random = new Random(1);
        var text = new StringBuilder();
        while (text.Length < bytes)
        {
            text.Append("{\"id\":").Append(random.Next()).Append(",\"user\":\"user-").Append(random.Next(10_000))
                .Append("\",\"action\":\"").Append((random.Next() % 3) switch { 0 => "view", 1 => "click", _ => "purchase" })
                .Append("\",\"amount\":").Append(random.Next(100_000) / 100.0).Append(",\"tags\":[\"a\",\"b\"]}");
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, bytes));
    }

    private static ReadOnlySequence<byte> Chunks(byte[] bytes)
    {
        var first = new Chunk(bytes.AsMemory(0, Math.Min(ChunkBytes, bytes.Length)), null);
        var last = first;
        for (var at = ChunkBytes; at < bytes.Length; at += ChunkBytes)
        {
            last = new Chunk(bytes.AsMemory(at, Math.Min(ChunkBytes, bytes.Length - at)), last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Chunk : ReadOnlySequenceSegment<byte>
    {
        public Chunk(ReadOnlyMemory<byte> memory, Chunk? before)
        {
            Memory = memory;
            if (before is not null)
            {
                before.Next = this;
                RunningIndex = before.RunningIndex + before.Memory.Length;
            }
        }
    }
}
