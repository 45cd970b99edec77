using System.Globalization;
using Rx.Kafka.Protocol.Compression;

namespace Rx.Kafka;

/// <summary>
/// How batches are compressed (Kafka key <c>compression.type</c>): codecs in the order in which they are tried, where a broker's version or
/// a topic refuses one. Immutable, and safe on all threads; two are equal if they have the same codecs with the same levels in the same
/// order.
/// </summary>
/// <example><code>options.Compression = Compression.Zstd.WithLevel(1).Or(Compression.Lz4).Or(Compression.None);</code></example>
public sealed class Compression : IEquatable<Compression>
{
    private readonly Choice[] _choices;
    private readonly ICompressionCodec?[] _codecs;

    private Compression(Choice[] choices, ICompressionCodec?[] codecs)
    {
        _choices = choices;
        _codecs = codecs;
        Types = Array.AsReadOnly(Array.ConvertAll(choices, choice => choice.Type));
    }

    /// <summary>Batches are not compressed (<c>none</c>).</summary>
    public static Compression None { get; } = BuiltIn(CompressionType.None);

    /// <summary>gzip at level 6 (<c>gzip</c>).</summary>
    public static Compression Gzip { get; } = BuiltIn(CompressionType.Gzip);

    /// <summary>Snappy; it has no levels (<c>snappy</c>).</summary>
    public static Compression Snappy { get; } = BuiltIn(CompressionType.Snappy);

    /// <summary>LZ4 by its fast compressor (<c>lz4</c>).</summary>
    public static Compression Lz4 { get; } = BuiltIn(CompressionType.Lz4);

    /// <summary>Zstandard at level 3 (<c>zstd</c>); brokers take it since Kafka 2.1.</summary>
    public static Compression Zstd { get; } = BuiltIn(CompressionType.Zstd);

    /// <summary>The codecs in the order in which they are tried, at least one; each type comes once.</summary>
    public IReadOnlyList<CompressionType> Types { get; }

    /// <summary>The codecs in the order of <see cref="Types"/>; null = not compressed.</summary>
    internal IReadOnlyList<ICompressionCodec?> Codecs => _codecs;

    /// <summary>A codec of one's own, such as one on native zstd.</summary>
    /// <param name="codec">It is used by several threads at once.</param>
    /// <exception cref="ArgumentNullException">There is no codec.</exception>
    /// <exception cref="ArgumentException">Its type is none of Kafka's, or <see cref="CompressionType.None"/>.</exception>
    public static Compression Of(ICompressionCodec codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        var type = codec.Type;
        return type is >= CompressionType.Gzip and <= CompressionType.Zstd
            ? new Compression([new Choice(type, null, codec)], [codec])
            : throw new ArgumentException($"The codec's Type is {type}; it must be Gzip, Snappy, Lz4 or Zstd.", nameof(codec));
    }

    /// <summary>
    /// The same with another level of the first codec (<c>compression.gzip.level</c>, <c>compression.lz4.level</c>,
    /// <c>compression.zstd.level</c>). Higher levels make smaller output and take longer.
    /// </summary>
    /// <param name="level">
    /// gzip: 1 to 9. lz4: 1 to 17, where 1 and 2 are the fast compressor, 3 to 9 the high one, 10 to 12 the optimal one, and more counts
    /// as 12. zstd: -131072 to 22; negative ones are faster, and from 20 on a large batch needs much working memory.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The codec has no such level.</exception>
    /// <exception cref="InvalidOperationException">The first codec has no levels: none, snappy, or one of your own.</exception>
    public Compression WithLevel(int level) => WithLevel(Types[0], level);

    /// <summary>
    /// First these, then others: <c>Zstd.Or(Lz4).Or(None)</c> compresses by lz4 where a broker or topic does not take zstd, and not at all
    /// where it takes neither. A refusal counts for the partition whose batch was refused, as long as the producer lives.
    /// </summary>
    /// <param name="next">What to try after these.</param>
    /// <exception cref="ArgumentNullException"><paramref name="next"/> is null.</exception>
    /// <exception cref="ArgumentException">Both have a codec of the same type, or this ends with none.</exception>
    public Compression Or(Compression next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (Types[^1] == CompressionType.None)
        {
            throw new ArgumentException($"Nothing is tried after none, which every broker takes: '{this}, {next}'.", nameof(next));
        }

        return next.Types.Intersect(Types).ToList() is [var twice, ..]
            ? throw new ArgumentException($"'{this}' has {Name(twice)} already; name each codec once.", nameof(next))
            : new Compression([.. _choices, .. next._choices], [.. _codecs, .. next._codecs]);
    }

    /// <summary>The names as Kafka writes them, in order: <c>zstd, lz4, none</c>. Levels are not shown.</summary>
    public override string ToString() => string.Join(", ", Types.Select(Name));

    /// <inheritdoc/>
    public bool Equals(Compression? other) => other is not null && _choices.AsSpan().SequenceEqual(other._choices);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Compression);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var choice in _choices)
        {
            hash.Add(choice);
        }

        return hash.ToHashCode();
    }

    /// <summary>The level that was set for a codec; null = its default, or it is not here.</summary>
    internal int? LevelOf(CompressionType type) => Array.Find(_choices, choice => choice.Type == type).Level;

    /// <summary>The same with another level of one of its codecs, as <see cref="WithLevel(int)"/>.</summary>
    internal Compression WithLevel(CompressionType type, int level)
    {
        var at = Array.FindIndex(_choices, choice => choice.Type == type);
        if (at < 0 || _choices[at].Own is not null || BuiltInCodecs.LevelsOf(type) is not var (least, most))
        {
            throw new InvalidOperationException(
                $"{Name(type)} has no level to set in '{this}'; gzip, lz4 and zstd have levels, a codec of your own sets its own.");
        }

        if (level < least || level > most)
        {
            var range = string.Create(CultureInfo.InvariantCulture, $"from {least} to {most}");
            throw new ArgumentOutOfRangeException(nameof(level), level, $"{Name(type)} has levels {range}.");
        }

        var (choices, codecs) = (_choices.ToArray(), _codecs.ToArray());
        choices[at] = choices[at] with { Level = level };
        codecs[at] = BuiltInCodecs.Create(type, level);
        return new Compression(choices, codecs);
    }

    /// <summary>Reads a name, or several with commas between them; null if one is unknown or comes twice.</summary>
    internal static Compression? TryParse(string text)
    {
        Compression? result = null;
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (Named(name) is not { } one || result?.Types.Contains(one.Types[0]) == true || result?.Types[^1] == CompressionType.None)
            {
                return null;
            }

            result = result?.Or(one) ?? one;
        }

        return result;
    }

    private static Compression? Named(string name) => name.ToLowerInvariant() switch
    {
        "none" => None,
        "gzip" => Gzip,
        "snappy" => Snappy,
        "lz4" => Lz4,
        "zstd" => Zstd,
        _ => null,
    };

    private static string Name(CompressionType type) => type.ToString().ToLower(CultureInfo.InvariantCulture);

    private static Compression BuiltIn(CompressionType type) => new([new Choice(type, null, null)], [BuiltInCodecs.Create(type, null)]);

    /// <summary>What makes two equal: built-in codecs are made anew for each level.</summary>
    private readonly record struct Choice(CompressionType Type, int? Level, ICompressionCodec? Own);
}
