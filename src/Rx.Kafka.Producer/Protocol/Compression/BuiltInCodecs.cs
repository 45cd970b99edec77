namespace Rx.Kafka.Protocol.Compression;

/// <summary>The codecs that come with us, and their levels.</summary>
internal static class BuiltInCodecs
{
    /// <summary>A codec.</summary>
    /// <param name="type">Which one; none is null.</param>
    /// <param name="level">One of <see cref="LevelsOf"/>; null = the default of Kafka's Java client.</param>
    public static ICompressionCodec? Create(CompressionType type, int? level) => type switch
    {
        CompressionType.Gzip => new GzipCodec(level ?? GzipCodec.DefaultLevel),
        CompressionType.Snappy => new SnappyCodec(),
        CompressionType.Lz4 => new Lz4Codec(level ?? Lz4Codec.DefaultLevel),
        CompressionType.Zstd => new ZstdCodec(level ?? ZstdCodec.DefaultLevel),
        _ => null,
    };

    /// <summary>The lowest and the highest level; null = it has none.</summary>
    public static (int Least, int Most)? LevelsOf(CompressionType type) => type switch
    {
        CompressionType.Gzip => (1, 9),
        CompressionType.Lz4 => (1, 17),
        CompressionType.Zstd => (-131072, 22),
        _ => null,
    };
}
