namespace Rx.Kafka.Options;

/// <summary>What a misspelt key may have meant.</summary>
internal static class NearestKeys
{
    private const int MostSuggestions = 3;

    public static IReadOnlyList<string> Of(string key, IEnumerable<ProducerOption> rows)
    {
        var plain = Plain(key);
        if (plain.Length is 0 or > 100)
        {
            return [];
        }

        // One error per three letters, or the same words written in another way, such as the property's name.
        var near = rows
            .Where(row => row.Key is not null)
            .Select(row => (row.Key, Distance: IsOption(row) ? 0 : Distance(plain, Plain(row.Key!))))
            .Where(pair => pair.Distance <= Math.Max(1, plain.Length / 3))
            .OrderBy(pair => pair.Distance)
            .ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .ToList();
        return [.. near.Where(pair => pair.Distance <= near[0].Distance + 1).Take(MostSuggestions).Select(pair => pair.Key!)];

        bool IsOption(ProducerOption row) => string.Equals(Plain(row.Property ?? string.Empty), plain, StringComparison.Ordinal);
    }

    private static string Plain(string key) => string.Concat(key.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    /// <summary>How many letters must be put in, taken out or changed (Levenshtein).</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var change = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}

/// <summary>
/// Keys of Kafka's Java producer that we know and refuse, with the reason; a name that ends in a dot stands for all that begin with it.
/// </summary>
internal static class UnsupportedKeys
{
    public static IReadOnlyList<(string Key, string Reason)> All { get; } =
    [
        ("key.serializer", "records are given as bytes or text, there are no serializers"),
        ("value.serializer", "records are given as bytes or text, there are no serializers"),
        ("transactional.id", "there are no transactions"),
        ("transaction.timeout.ms", "there are no transactions"),
        ("transaction.two.phase.commit.enable", "there are no transactions"),
        ("compression.gzip.level", "compression.type can only be none"),
        ("compression.lz4.level", "compression.type can only be none"),
        ("compression.zstd.level", "compression.type can only be none"),
        ("ssl.", "security.protocol can only be PLAINTEXT"),
        ("sasl.", "security.protocol can only be PLAINTEXT"),
        ("security.providers", "security.protocol can only be PLAINTEXT"),
        ("metric.reporters", "metrics cannot be configured"),
        ("metrics.", "metrics cannot be configured"),
        ("auto.include.jmx.reporter", "metrics cannot be configured"),
        ("enable.metrics.push", "metrics are not pushed to brokers; leave the key out"),
        ("metadata.recovery.rebootstrap.trigger.ms", "the bootstrap servers are asked again as soon as no known broker answers"),
        ("config.providers", "values are taken as they are"),
    ];

    /// <summary>Why a key is refused; null = we do not know it.</summary>
    public static string? Reason(string key) => All
        .Where(entry => entry.Key.EndsWith('.')
            ? key.StartsWith(entry.Key, StringComparison.Ordinal)
            : key.Equals(entry.Key, StringComparison.Ordinal))
        .Select(entry => entry.Reason)
        .FirstOrDefault();
}
