namespace Rx.Kafka;

/// <summary>Keys of Kafka's Java producer that we know and refuse, with the reason; a name that ends in a dot stands for all that begin with it.</summary>
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
        ("interceptor.classes", "there are no interceptors"),
        ("metric.reporters", "metrics cannot be configured"),
        ("metrics.", "metrics cannot be configured"),
        ("auto.include.jmx.reporter", "metrics cannot be configured"),
        ("enable.metrics.push", "metrics are not pushed to brokers; leave the key out"),
        ("metadata.recovery.rebootstrap.trigger.ms", "the bootstrap servers are asked again as soon as no known broker answers"),
        ("config.providers", "values are taken as they are"),
    ];

    /// <summary>Why a key is refused; null = we do not know it.</summary>
    public static string? Reason(string key) => All
        .Where(entry => entry.Key.EndsWith('.') ? key.StartsWith(entry.Key, StringComparison.Ordinal) : key.Equals(entry.Key, StringComparison.Ordinal))
        .Select(entry => entry.Reason)
        .FirstOrDefault();
}
