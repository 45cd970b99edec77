using System.Buffers;
using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Protocol.Compression;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Properties.Protocol.Codecs;

/// <summary>What a codec writes is what went in, however it is cut and whoever else uses the codec.</summary>
public sealed class CodecTests
{
    private const int BlockBytes = 64 * 1024;

    public static TheoryData<CompressionType> Types => [.. CodecCase.Types];

    [Fact]
    public void What_goes_in_comes_out() => Law.Check("decompress(compress(x)) = x", CodecCase.Any, test =>
    {
        var input = test.Input();
        var output = Compress(test.Codec(), test.Cut(input), test.Piece);
        Assert.Equal(input, Decompressor.Decompress((int)test.Type, output, input.Length));
    });

    // lz4 compresses each segment where it lies.
    [Fact]
    public void How_the_input_is_cut_does_not_change_blocks_of_snappy() =>
        Law.Check("cuts are invisible", CodecCase.Any.Where(test => test.Type is CompressionType.Snappy), test =>
        {
            var input = test.Input();
            Assert.Equal(Compress(test.Codec(), new ReadOnlySequence<byte>(input), BlockBytes), Compress(test.Codec(), test.Cut(input), test.Piece));
        });

    [Fact]
    public void Bytes_that_do_not_compress_grow_by_no_more_than_the_frame() => Law.Check("random bytes", CodecCase.Any.Where(test => test.Type is CompressionType.Lz4 or CompressionType.Zstd), test =>
    {
        var input = Inputs.Make(InputKind.Random, test.Size, test.Seed);
        var output = Compress(test.Codec(), new ReadOnlySequence<byte>(input), BlockBytes);
        Assert.InRange(output.Length, 1, input.Length + 32 + (8 * (1 + (input.Length / 16_384))));
    });

    [Theory]
    [MemberData(nameof(Types))]
    public void Text_gets_smaller(CompressionType type)
    {
        var input = Inputs.Make(InputKind.Text, 100_000, seed: 1);
        Assert.InRange(Compress(BuiltInCodecs.Create(type, null)!, new ReadOnlySequence<byte>(input), BlockBytes).Length, 1, 60_000);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void One_codec_serves_many_threads(CompressionType type)
    {
        var codec = BuiltInCodecs.Create(type, null)!;
        var cases = CodecCase.Any.Sample(200).ToArray();
        Parallel.For(0, cases.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var input = cases[i].Input();
            var output = Compress(codec, cases[i].Cut(input), cases[i].Piece);
            Assert.Equal(input, Decompressor.Decompress((int)type, output, input.Length));
        });
    }

    [Fact]
    public void An_output_that_throws_leaves_the_codec_as_it_was() => Law.Check("a failed batch", CodecCase.Any.Two(), pair =>
    {
        var (failing, next) = pair;
        var codec = failing.Codec();
        var input = failing.Input();
        var whole = Compress(codec, failing.Cut(input), failing.Piece).Length;
        Assert.Throws<InvalidOperationException>(() => codec.Compress(failing.Cut(input), new FullWriter(failing.Seed % whole)));

        input = next.Input();
        Assert.Equal(input, Decompressor.Decompress((int)failing.Type, Compress(codec, next.Cut(input), next.Piece), input.Length));
    });

    [Fact]
    public void Lz4_frames_have_the_one_header_that_Kafka_reads_and_blocks_of_64_KiB()
    {
        var input = Inputs.Make(InputKind.Text, 150_000, seed: 1);
        var frame = Compress(BuiltInCodecs.Create(CompressionType.Lz4, null)!, new ReadOnlySequence<byte>(input), BlockBytes).AsSpan();
        Assert.Equal("04224d18604082", Convert.ToHexStringLower(frame[..7]));
        var blocks = 0;
        for (frame = frame[7..]; BinaryPrimitives.ReadUInt32LittleEndian(frame) is > 0 and var size; blocks++)
        {
            frame = frame[(4 + (int)(size & 0x7fffffff))..];
        }

        Assert.Equal(3, blocks);
        Assert.Equal(4, frame.Length);
    }

    [Fact]
    public void Snappy_has_the_header_of_xerial_and_chunks_of_32_KiB()
    {
        var input = Inputs.Make(InputKind.Text, 70_000, seed: 1);
        var output = Compress(BuiltInCodecs.Create(CompressionType.Snappy, null)!, new ReadOnlySequence<byte>(input), BlockBytes).AsSpan();
        Assert.Equal("82534e41505059000000000100000001", Convert.ToHexStringLower(output[..16]));
        var chunks = new List<int>();
        for (output = output[16..]; !output.IsEmpty; output = output[(4 + BinaryPrimitives.ReadInt32BigEndian(output))..])
        {
            chunks.Add(Snappier.Snappy.GetUncompressedLength(output[4..]));
        }

        Assert.Equal([32_768, 32_768, 4464], chunks);
    }

    [Fact]
    public void Zstd_frames_tell_their_size() => Law.Check("the content size", CodecCase.Any.Where(test => test.Type == CompressionType.Zstd), test =>
    {
        var frame = Compress(test.Codec(), test.Cut(test.Input()), test.Piece);
        Assert.Equal((ulong)test.Size, ZstdSharp.Decompressor.GetDecompressedSize(frame));
    });

    private static byte[] Compress(ICompressionCodec codec, ReadOnlySequence<byte> source, int piece)
    {
        var output = new PieceWriter(piece);
        codec.Compress(source, output);
        return output.ToArray();
    }

    /// <summary>Takes so many bytes, then throws.</summary>
    private sealed class FullWriter(int capacity) : IBufferWriter<byte>
    {
        private int _left = capacity;

        public void Advance(int count)
        {
            _left -= count;
            if (_left < 0)
            {
                throw new InvalidOperationException("full");
            }
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => new byte[Math.Max(sizeHint, 128)];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
