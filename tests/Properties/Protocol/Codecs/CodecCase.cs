using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Protocol.Compression;

namespace Rx.Kafka.Properties.Protocol.Codecs;

/// <summary>One input for one codec, and how it is cut.</summary>
/// <param name="Type">The codec.</param>
/// <param name="Level">Its level; null = its default.</param>
/// <param name="Kind">What the input looks like.</param>
/// <param name="Size">Its length.</param>
/// <param name="Segment">Roughly how long its segments are.</param>
/// <param name="Piece">How much the output lends at a time.</param>
/// <param name="Seed">The chance in it.</param>
internal sealed record CodecCase(CompressionType Type, int? Level, InputKind Kind, int Size, int Segment, int Piece, int Seed)
{
    public static IReadOnlyList<CompressionType> Types { get; } = [CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd];

    public static Gen<CodecCase> Any { get; } =
        from type in Gen.Elements(Types.ToArray())
        from level in Levels(type)
        from kind in Gen.Elements(Enum.GetValues<InputKind>())
        from size in Sizes(level)
        from segment in Gen.OneOf(Gen.Choose(1, 100), Gen.Choose(1, 70_000), Gen.Constant(int.MaxValue))
        from piece in Gen.OneOf(Gen.Choose(1, 100), Gen.Choose(1, 70_000))
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new CodecCase(type, level, kind, size, Math.Max(segment, size / 500), piece, seed);

    public byte[] Input() => Inputs.Make(Kind, Size, Seed);

    /// <summary>The input in segments of random lengths, some of them empty.</summary>
    public ReadOnlySequence<byte> Cut(byte[] input)
    {
        var random = new Random(Seed);
        var lengths = new List<int>();
        for (var left = input.Length; left > 0; left -= lengths[^1])
        {
            lengths.Add(Math.Min(left, random.Next(10) == 0 ? 0 : random.Next(1, Math.Max(2, (int)Math.Min(2L * Segment, int.MaxValue)))));
        }

        return Segments.Of(input, lengths);
    }

    public ICompressionCodec Codec() => BuiltInCodecs.Create(Type, Level)!;

    private static Gen<int?> Levels(CompressionType type)
    {
        var fallback = Gen.Constant<int?>(null);
        return BuiltInCodecs.LevelsOf(type) is var (least, most)
            ? Gen.Frequency((2, fallback), (1, Gen.Choose(Math.Max(least, -20), most).Select(level => (int?)level)), (1, Gen.Elements<int?>(least, most)))
            : fallback;
    }

    // The highest levels take their time.
    private static Gen<int> Sizes(int? level) => Gen.Frequency(
        (1, Gen.Elements(0, 1, 2)),
        (2, Gen.Choose(0, 300)),
        (2, Gen.Elements(32 * 1024, 64 * 1024, 128 * 1024).SelectMany(edge => Gen.Choose(-2, 2).Select(by => edge + by))),
        (1, Gen.Choose(0, level > 9 ? 70_000 : 300_000)));
}

/// <summary>What an input looks like.</summary>
internal enum InputKind
{
    Random,
    Zeros,
    Text,
    Runs,
    Repeats,
}

/// <summary>Makes inputs.</summary>
internal static class Inputs
{
    public static byte[] Make(InputKind kind, int size, int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[size];
        switch (kind)
        {
            case InputKind.Random:
                random.NextBytes(bytes);
                break;
            case InputKind.Text:
                Text(bytes, random);
                break;
            case InputKind.Runs:
                for (var at = 0; at < size;)
                {
                    var length = Math.Min(size - at, 1 << random.Next(12));
                    bytes.AsSpan(at, length).Fill((byte)random.Next(3));
                    at += length;
                }

                break;
            case InputKind.Repeats:
                // Matches at any distance, within and across blocks and windows.
                random.NextBytes(bytes);
                var period = random.Next(1, 70_000);
                for (var at = period; at < size; at++)
                {
                    bytes[at] = bytes[at - period];
                }

                break;
        }

        return bytes;
    }

    private static void Text(Span<byte> bytes, Random random)
    {
        while (!bytes.IsEmpty)
        {
            var line = System.Text.Encoding.UTF8.GetBytes($$"""{"id":{{random.Next()}},"name":"user-{{random.Next(97)}}","tags":["a","b","c"],"value":{{random.Next(1009)}}}""");
            var length = Math.Min(line.Length, bytes.Length);
            line.AsSpan(0, length).CopyTo(bytes);
            bytes = bytes[length..];
        }
    }
}
