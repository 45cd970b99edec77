using System.Globalization;

namespace Rx.Kafka.Tool.Bench;

/// <summary>
/// Our options as the keys of librdkafka, so that both clients do the same. What tunes a producer is taken from the options, defaults
/// included; what protects a connection from the keys that were given, for options show no secret.
/// </summary>
internal static class ConfluentKeys
{
    private const int BatchOfManyRecords = 1_000_000;
    private static readonly TimeSpan DefaultDeliveryTimeout = TimeSpan.FromMinutes(2);

    private static readonly (string Key, Func<KafkaProducerOptions, string> Of)[] Tuning =
    [
        ("bootstrap.servers", static options => string.Join(',', options.BootstrapServers)),
        ("client.id", static options => options.ClientId ?? "rxkafka-bench"),
        ("acks", static options => options.RequiredAcks == RequiredAcks.All ? "all" : Text((int)options.RequiredAcks)),
        ("enable.idempotence", static options => IsIdempotent(options) ? "true" : "false"),
        ("linger.ms", static options => Milliseconds(options.Linger)),
        ("batch.size", static options => Text(Math.Max(1, options.BatchSize))),
        ("compression.type", static options => options.Compression.Types[0].ToString().ToLowerInvariant()),
        ("message.max.bytes", static options => Text(options.MaxRequestSize)),
        ("queue.buffering.max.kbytes", static options => Text(Math.Max(1, options.BufferMemory / 1024))),
        ("queue.buffering.max.messages", static _ => "1000000"), // bench bounds them, alike for all
        // So that it does not close large batches early; librdkafka reserves memory by it, so small ones keep its default.
        ("batch.num.messages", static options => options.BatchSize > BatchOfManyRecords ? "100000" : "10000"),
        ("max.in.flight.requests.per.connection", static options => Text(options.MaxInFlightRequestsPerConnection)),
        ("retries", static options => Text(options.Retries)),
        ("retry.backoff.ms", static options => Milliseconds(options.RetryBackoff)),
        ("retry.backoff.max.ms", static options => Milliseconds(options.RetryBackoffMax)),
        ("request.timeout.ms", static options => Milliseconds(options.RequestTimeout)),
        ("message.timeout.ms", static options => Milliseconds(options.DeliveryTimeout ?? LongEnough(options))),
        ("allow.auto.create.topics", static options => options.AllowAutoCreateTopics ? "true" : "false"),
        ("enable.metrics.push", static options => options.EnableMetricsPush ? "true" : "false"),
    ];

    /// <summary>Keys that only Java has, as librdkafka calls them; null = it finds out by itself.</summary>
    private static readonly Dictionary<string, string?> JavaNames = new(StringComparer.Ordinal)
    {
        ["ssl.truststore.location"] = "ssl.ca.location",
        ["ssl.truststore.certificates"] = "ssl.ca.pem",
        ["ssl.keystore.certificate.chain"] = "ssl.certificate.pem",
        ["ssl.keystore.key"] = "ssl.key.pem",
        ["ssl.truststore.type"] = null,
        ["ssl.keystore.type"] = null,
        ["ssl.enabled.protocols"] = null,
        ["ssl.protocol"] = null,
        ["sasl.oauthbearer.client.credentials.client.id"] = "sasl.oauthbearer.client.id",
        ["sasl.oauthbearer.client.credentials.client.secret"] = "sasl.oauthbearer.client.secret",
    };

    /// <summary>Whether a key protects connections.</summary>
    public static bool IsProtection(string key) =>
        key is "security.protocol" or "enable.ssl.certificate.verification"
        || key.StartsWith("ssl.", StringComparison.Ordinal)
        || key.StartsWith("sasl.", StringComparison.Ordinal);

    /// <summary>The keys. They may hold secrets.</summary>
    /// <param name="options">What ours is made of.</param>
    /// <param name="given">The keys that these were read from, of either dialect.</param>
    /// <exception cref="UsageException">Confluent.Kafka has no counterpart.</exception>
    public static IReadOnlyDictionary<string, string> Of(
        KafkaProducerOptions options, IReadOnlyCollection<KeyValuePair<string, string>> given)
    {
        var keys = Tuning.ToDictionary(static row => row.Key, row => row.Of(options), StringComparer.Ordinal);
        foreach (var (key, value) in given)
        {
            if (key is "sasl.jaas.config")
            {
                throw new UsageException(
                    "Confluent.Kafka does not read sasl.jaas.config: give sasl.username and sasl.password instead, or --client ours.");
            }

            if (key is "compression.level" || key == $"compression.{keys["compression.type"]}.level")
            {
                keys["compression.level"] = value;
            }
            else if (IsProtection(key) && JavaNames.GetValueOrDefault(key, key) is { } name)
            {
                keys[name] = name is "ssl.endpoint.identification.algorithm" && value.Length == 0 ? "none" : value;
            }
        }

        return keys;
    }

    // As the library decides it where it is not set.
    private static bool IsIdempotent(KafkaProducerOptions options) => options.EnableIdempotence
        ?? options is { RequiredAcks: RequiredAcks.All, Retries: > 0, MaxInFlightRequestsPerConnection: <= 5 };

    private static TimeSpan LongEnough(KafkaProducerOptions options) =>
        TimeSpan.FromTicks(Math.Max(DefaultDeliveryTimeout.Ticks, (options.Linger + options.RequestTimeout).Ticks));

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
