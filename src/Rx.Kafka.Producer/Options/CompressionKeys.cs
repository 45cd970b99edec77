using System.Globalization;

namespace Rx.Kafka.Options;

/// <summary>Codecs and levels as text.</summary>
internal static class CompressionKeys
{
    public const string Range = "none, gzip, snappy, lz4 or zstd, or several of them, separated by commas, each once";

    private const string GenericRange = "a whole number that is a level of the first codec, or -1 for its default";

    public static string? Parse(KafkaProducerOptions options, string text)
    {
        if (Compression.TryParse(text) is not { } compression)
        {
            return $"is '{text}'; it must be {Range}";
        }

        options.Compression = compression;
        return null;
    }

    /// <summary>The level of one codec. As in Java it says nothing if the codec is not used.</summary>
    /// <param name="key">The key.</param>
    /// <param name="type">The codec.</param>
    /// <param name="least">Its lowest level.</param>
    /// <param name="most">Its highest.</param>
    /// <param name="hasDefault">Whether -1 is no level but Java's word for the codec's own.</param>
    public static ProducerOption Level(string key, CompressionType type, int least, int most, bool hasDefault = false)
    {
        var range = string.Create(
            CultureInfo.InvariantCulture, $"a whole number from {least} to {most}{(hasDefault ? ", or -1 for the codec's own" : "")}");
        return new ProducerOption(key, null, range, $"The level of {type}, if that is used; see Compression.WithLevel.")
        {
            Read = options => options.Compression?.LevelOf(type)?.ToString(CultureInfo.InvariantCulture),
            DefaultRule = "the codec's own",
            Parse = (options, text) =>
            {
                var isLevel = TryInteger(text, out var level);
                if (isLevel && hasDefault && level == -1)
                {
                    return null;
                }

                if (!isLevel || level < least || level > most)
                {
                    return $"is '{text}'; it must be {range}";
                }

                SetLevel(options, type, level);
                return null;
            },
        };
    }

    /// <summary>Librdkafka's one key for the level of whatever codec is used; the key of a codec, which comes after it, wins.</summary>
    public static ProducerOption LevelOfFirst(string key) => new(key, null, GenericRange, "The level of the first codec of Compression.")
    {
        Read = static _ => null,
        DefaultRule = "the codec's own",
        Parse = static (options, text) =>
        {
            if (!TryInteger(text, out var level))
            {
                return $"is '{text}'; it must be {GenericRange}";
            }

            var type = options.Compression.Types[0];
            if (level == -1 || type is CompressionType.None or CompressionType.Snappy)
            {
                return null;
            }

            // Librdkafka's 0 is LZ4's fast compressor and zstd's default.
            return (level, type) switch
            {
                (0, CompressionType.Lz4) => OptionTable.ByKey["compression.lz4.level"].Parse(options, "1"),
                (0, CompressionType.Zstd) => null,
                _ => OptionTable.ByKey[$"compression.{type.ToString().ToLowerInvariant()}.level"].Parse(options, text),
            };
        },
    };

    private static void SetLevel(KafkaProducerOptions options, CompressionType type, int level)
    {
        if (options.Compression.Types.Contains(type))
        {
            options.Compression = options.Compression.WithLevel(type, level);
        }
    }

    private static bool TryInteger(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
