using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Rx.Kafka.Properties.Protocol;
using Rx.Kafka.Properties.Protocol.Codecs;
using Rx.Kafka.Protocol.Compression;
using Rx.Kafka.Testing;
using Rx.Kafka.Testing.Brokers;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Properties.Testing;

/// <summary>The brokers' decompression against what other implementations wrote, and against spoilt and hostile bytes.</summary>
public sealed class DecompressionTests
{
    private const int MiB = 1 << 20;

    private static readonly JsonNode Vectors = VectorFile.Read("codecs.json");

    // A bare LZ4 block is no form that Kafka reads.
    private static readonly (CompressionType Type, string Input, byte[] Bytes)[] Golden =
        [.. Vectors["cases"]!.AsArray().Where(c => c!.Text("form") != "block").Select(c => (Type(c!), c!.Text("input"), c!.Hex("compressed_hex")))];

    public static TheoryData<CompressionType> Types => [.. CodecCase.Types];

    [Fact]
    public void Every_form_of_every_codec_is_read()
    {
        Assert.True(Golden.Length > 100);
        Assert.All(Golden, golden => Assert.Equal(Convert.ToHexStringLower(Input(golden.Input)), Convert.ToHexStringLower(Decompressor.Decompress((int)golden.Type, golden.Bytes, MiB))));
        Assert.All(Vectors["multi"]!.AsArray(), c => Assert.Equal(c!.Hex("output_hex"), Decompressor.Decompress((int)Type(c!), c!.Hex("compressed_hex"), MiB)));
    }

    [Fact]
    public void What_Kafkas_readers_refuse_is_refused()
    {
        foreach (var refused in Vectors["must_reject"]!.AsArray())
        {
            var bytes = refused!.HexOrNull("compressed_hex") ?? [.. refused!.Hex("header_hex"), 0, 0, 0, 0];
            Refused(Type(refused!), bytes, refused!.Text("why"));
        }
    }

    [Fact]
    public void A_snappy_block_of_less_than_nothing_is_refused() =>
        Refused(CompressionType.Snappy, [0xff, 0xff, 0xff, 0xff, 0x0f], "it announces -1 bytes");

    [Fact]
    public void What_is_cut_off_is_refused()
    {
        foreach (var (type, input, bytes) in Golden.Where(golden => golden.Bytes.Length < 6000))
        {
            for (var length = 0; length < bytes.Length; length += 1 + (bytes.Length / 100))
            {
                // Between two chunks of xerial there is no sign that more should come.
                if (type != CompressionType.Snappy || length is < 16 or > 20)
                {
                    Refused(type, bytes[..length], $"{type} of {input}, {length} of {bytes.Length} bytes");
                }
            }
        }
    }

    [Fact]
    public void Spoilt_bytes_end_in_a_refusal_or_an_output_within_the_limit() => Law.Seeds("spoilt bytes", seed =>
    {
        var random = new Random(seed);
        var (type, _, golden) = Golden[random.Next(Golden.Length)];
        var bytes = golden.ToArray();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            bytes[random.Next(Math.Min(bytes.Length, random.Next(2) == 0 ? 32 : int.MaxValue))] = (byte)random.Next(256);
        }

        var limit = random.Next(300_000);
        try
        {
            Assert.InRange(Decompressor.Decompress((int)type, bytes, limit).Length, 0, limit);
        }
        catch (InvalidDataException)
        {
            // The one refusal there is.
        }
    }, maxTest: 2000);

    [Theory]
    [MemberData(nameof(Types))]
    public void A_bomb_is_refused_and_not_allocated(CompressionType type)
    {
        var bomb = Compress(type, Zeros(64));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("more than", Refused(type, bomb, "a bomb", MiB), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (4 * MiB) + bomb.Length);
        Assert.Equal(64 * MiB, Decompressor.Decompress((int)type, bomb, 64 * MiB).Length);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_batch_that_inflates_to_more_than_64_MiB_is_corrupt(CompressionType type)
    {
        var bomb = RawBatch.WithRecords(RawBatch.Make(), (int)type, Compress(type, Zeros(65)));
        Assert.Equal(ErrorCode.CorruptMessage, BatchCheck.Check(bomb, 9, 10 * MiB, new TopicOptions()).Error);
        Assert.Equal(ErrorCode.InvalidRecord, BatchCheck.Check(bomb, 9, 66 * MiB, new TopicOptions()).Error);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_compressed_batch_is_checked_and_read_back_as_any_other(CompressionType type)
    {
        var plain = RawBatch.Make(7, valueBytes: 20_000);
        var compressed = RawBatch.WithRecords(plain, (int)type, Compress(type, new ReadOnlySequence<byte>(plain[BatchView.HeaderBytes..])));
        Assert.True(compressed.Length < plain.Length);
        Assert.Equal(ErrorCode.None, BatchCheck.Check(compressed, 9, MiB, new TopicOptions()).Error);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], BatchCheck.Check(compressed, 9, MiB, new TopicOptions { Compacted = true }).RejectedRecords!);

        var (expected, records) = (new List<LogRecord>(), new List<LogRecord>());
        LogReader.Decode("t", 0, plain, expected);
        LogReader.Decode("t", 0, compressed, records);
        Assert.Equal(expected.Select(r => (r.Offset, r.Timestamp, r.Value!.Value.ToArray())), records.Select(r => (r.Offset, r.Timestamp, r.Value!.Value.ToArray())));
    }

    private static byte[] Compress(CompressionType type, ReadOnlySequence<byte> input)
    {
        var output = new ArrayBufferWriter<byte>();
        BuiltInCodecs.Create(type, null)!.Compress(input, output);
        return output.WrittenSpan.ToArray();
    }

    private static ReadOnlySequence<byte> Zeros(int mebibytes)
    {
        ReadOnlyMemory<byte> zeros = new byte[MiB];
        return Segments.Of([.. Enumerable.Repeat(zeros, mebibytes)]);
    }

    private static string Refused(CompressionType type, byte[] bytes, string why, long limit = MiB)
    {
        try
        {
            var length = Decompressor.Decompress((int)type, bytes, limit).Length;
            Assert.Fail($"{why}: it was read as {length} bytes.");
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }

        return string.Empty;
    }

    private static CompressionType Type(JsonNode vector) => Enum.Parse<CompressionType>(vector.Text("codec"), ignoreCase: true);

    private static byte[] Input(string name)
    {
        var input = Vectors["inputs"]![name]!;
        var bytes = input.HexOrNull("input_hex") ?? Recipe(name);
        Assert.Equal(input.Text("sha256"), Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
        return bytes;
    }

    private static byte[] Recipe(string name)
    {
        switch (name)
        {
            case "zeros-70000":
                return new byte[70_000];
            case "text-40000":
                return Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("The quick brown fox jumps over the lazy dog. 0123456789\n", 1000)))[..40_000];
            case "json-150000":
                return Encoding.ASCII.GetBytes(string.Concat(
                    Enumerable.Range(0, 5000).Select(i => $$"""{"id":{{i}},"name":"user-{{i % 97}}","tags":["a","b","c"],"v":{{i * i % 1009}}}""" + "\n")))[..150_000];
            default:
                var x = 12345L;
                return [.. Enumerable.Range(0, 5000).Select(_ => (byte)((x = ((x * 1103515245) + 12345) & 0x7fffffff) >> 16))];
        }
    }
}
