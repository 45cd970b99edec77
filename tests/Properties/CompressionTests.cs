using System.Buffers;
using FsCheck;
using FsCheck.Fluent;

namespace Rx.Kafka.Properties;

/// <summary>A preference of codecs is a value, and says clearly what it refuses.</summary>
public sealed class CompressionTests
{
    private static readonly Compression[] Single = [Compression.None, Compression.Gzip, Compression.Snappy, Compression.Lz4, Compression.Zstd];

    [Fact]
    public void Types_have_the_numbers_of_the_wire() =>
        Assert.Equal([0, 1, 2, 3, 4], Single.Select(one => (int)Assert.Single(one.Types)));

    [Fact]
    public void Only_none_has_no_codec() => Assert.All(Single, one => Assert.Equal(one.Types[0], Assert.Single(one.Codecs)?.Type ?? CompressionType.None));

    // Nothing is tried after none.
    [Fact]
    public void A_preference_is_a_value_that_its_text_gives_again() => Law.Check(
        "text and back",
        Gen.Shuffle(Single).SelectMany(all => Gen.Choose(1, 5).Select(count => all[..count].OrderBy(static one => one.Equals(Compression.None)).ToArray())),
        some =>
        {
            var preference = some.Aggregate((first, next) => first.Or(next));
            Assert.Equal(some.Select(one => one.Types[0]), preference.Types);
            var again = Compression.TryParse(preference.ToString());
            Assert.Equal(preference, again);
            Assert.Equal(preference.GetHashCode(), again!.GetHashCode());
            Assert.Equal(some.Length == 1, preference.Equals(some[0]));
            Assert.Throws<ArgumentException>(() => Compression.None.Or(preference));
            Assert.Null(Compression.TryParse($"none, {preference}"));
        });

    [Fact]
    public void The_text_is_that_of_Kafka() => Assert.Equal("zstd, lz4, none", Compression.Zstd.WithLevel(1).Or(Compression.Lz4).Or(Compression.None).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("zst")]
    [InlineData("zstd,")]
    [InlineData("zstd;lz4")]
    [InlineData("zstd,lz4,ZSTD")]
    [InlineData("4")]
    public void What_is_no_codec_is_not_read(string text) => Assert.Null(Compression.TryParse(text));

    [Fact]
    public void A_level_makes_another_value_and_only_of_the_first_codec()
    {
        var one = Compression.Zstd.Or(Compression.Gzip).WithLevel(5);
        Assert.Equal(Compression.Zstd.WithLevel(5).Or(Compression.Gzip), one);
        Assert.NotEqual(Compression.Zstd.Or(Compression.Gzip), one);
        Assert.Equal((5, null, null), (one.LevelOf(CompressionType.Zstd), one.LevelOf(CompressionType.Gzip), one.LevelOf(CompressionType.Lz4)));
        Assert.Equal(Compression.Zstd.WithLevel(5).Or(Compression.Gzip.WithLevel(9)), one.WithLevel(CompressionType.Gzip, 9));
    }

    [Theory]
    [InlineData("gzip", 1, 9)]
    [InlineData("lz4", 1, 17)]
    [InlineData("zstd", -131072, 22)]
    public void Levels_have_the_range_of_Kafka(string name, int least, int most)
    {
        var compression = Compression.TryParse(name)!;
        Assert.NotEqual(compression.WithLevel(least), compression.WithLevel(most));
        foreach (var level in new[] { least - 1, most + 1, int.MinValue, int.MaxValue })
        {
            var refused = Assert.Throws<ArgumentOutOfRangeException>("level", () => compression.WithLevel(level));
            Assert.Contains($"{name} has levels from {least} to {most}", refused.Message, StringComparison.Ordinal);
            Assert.Equal(level, refused.ActualValue);
        }
    }

    [Fact]
    public void What_has_no_levels_refuses_one()
    {
        Assert.Throws<InvalidOperationException>(() => Compression.None.WithLevel(1));
        Assert.Throws<InvalidOperationException>(() => Compression.Snappy.WithLevel(1));
        Assert.Throws<InvalidOperationException>(() => Compression.Of(new Own(CompressionType.Zstd)).WithLevel(1));
        Assert.Throws<InvalidOperationException>(() => Compression.Zstd.WithLevel(CompressionType.Gzip, 1));
    }

    [Fact]
    public void A_codec_of_ones_own_takes_the_place_of_its_type()
    {
        var own = new Own(CompressionType.Zstd);
        var compression = Compression.Of(own).Or(Compression.Lz4);
        Assert.Same(own, compression.Codecs[0]);
        Assert.Equal("zstd, lz4", compression.ToString());
        Assert.Equal(Compression.Of(own), Compression.Of(own));
        Assert.NotEqual(Compression.Zstd, Compression.Of(own));
        Assert.NotEqual(Compression.Of(new Own(CompressionType.Zstd)), Compression.Of(own));
        Assert.Contains("zstd already", Assert.Throws<ArgumentException>("next", () => compression.Or(Compression.Zstd)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData((CompressionType)5)]
    [InlineData((CompressionType)(-1))]
    public void A_codec_of_no_type_of_Kafkas_is_refused(CompressionType type) => Assert.Throws<ArgumentException>("codec", () => Compression.Of(new Own(type)));

    [Fact]
    public void Null_is_refused()
    {
        Assert.Throws<ArgumentNullException>("codec", () => Compression.Of(null!));
        Assert.Throws<ArgumentNullException>("next", () => Compression.None.Or(null!));
        Assert.False(Compression.None.Equals(null));
    }

    private sealed class Own(CompressionType type) : ICompressionCodec
    {
        public CompressionType Type => type;

        public void Compress(in ReadOnlySequence<byte> source, IBufferWriter<byte> destination) => throw new NotSupportedException();
    }
}
