using FsCheck.Fluent;
using Rx.Kafka.Options;

namespace Rx.Kafka.Properties.Options;

/// <summary>Reading Kafka's own keys. Carries K3 (keys that are none), K20 (unknown ones), K26 (names that are none).</summary>
public sealed class PropertiesTests
{
    // The Java producer 4.3's keys, so that none of them is called unknown.
    private const string JavaKeys =
        "acks auto.include.jmx.reporter batch.size bootstrap.servers buffer.memory client.dns.lookup client.id compression.gzip.level compression.lz4.level compression.type " +
        "compression.zstd.level config.providers connections.max.idle.ms delivery.timeout.ms enable.idempotence enable.metrics.push interceptor.classes key.serializer linger.ms max.block.ms " +
        "max.in.flight.requests.per.connection max.request.size metadata.max.age.ms metadata.max.idle.ms metadata.recovery.rebootstrap.trigger.ms metadata.recovery.strategy metric.reporters " +
        "metrics.num.samples metrics.recording.level metrics.sample.window.ms partitioner.adaptive.partitioning.enable partitioner.availability.timeout.ms partitioner.class " +
        "partitioner.ignore.keys receive.buffer.bytes reconnect.backoff.max.ms reconnect.backoff.ms request.timeout.ms retries retry.backoff.max.ms retry.backoff.ms " +
        "sasl.jaas.config sasl.mechanism sasl.login.retry.backoff.ms sasl.oauthbearer.token.endpoint.url security.protocol security.providers send.buffer.bytes " +
        "socket.connection.setup.timeout.max.ms socket.connection.setup.timeout.ms ssl.keystore.password ssl.truststore.location transaction.timeout.ms " +
        "transaction.two.phase.commit.enable transactional.id value.serializer";

    [Property(Arbitrary = [typeof(OptionGenerators)])]
    public void What_is_written_as_properties_is_read_back(KafkaProducerOptions options)
    {
        var written = OptionTable.Rows
            .Where(row => row.Key is not null && row.Read(options) is not null)
            .Select(row => KeyValuePair.Create(row.Key!, row.Read(options)!))
            .Where(pair => pair.Key is not "partitioner.class");
        Assert.Equal(options, KafkaProducerOptions.FromProperties(written));
    }

    [Fact]
    public void Every_number_out_of_range_is_refused_with_its_range() =>
        Law.Check("text out of range", Gen.Elements(OptionTable.Rows.Where(row => row.Key is not null && row.Range.Contains("from", StringComparison.Ordinal)).ToArray()).Zip(Gen.Elements("-3", "x", "", "1.5", "99999999999999999999")), pair =>
        {
            var (row, text) = pair;
            if (row.Key is "bootstrap.servers" || (row.Key is "connections.max.idle.ms" && text is "-3"))
            {
                return;
            }

            var message = Refusal((row.Key!, text));
            Assert.Contains($"- {row.Key} is '{text}'; it must be ", message, StringComparison.Ordinal);
            Assert.Contains(row.Range, message, StringComparison.Ordinal);
        });

    [Fact]
    public void Every_key_of_the_Java_producer_is_read_or_refused_with_a_reason() =>
        Assert.All(JavaKeys.Split(' '), key => Assert.True(OptionTable.ByKey.ContainsKey(key) || UnsupportedKeys.Reason(key) is not null, key));

    [Fact]
    public void All_faults_are_listed_and_no_value_of_an_unsupported_key_is_repeated()
    {
        var message = Refusal(
            ("linger.ms", "soon"),
            ("ssl.keystore.password", "hunter2"),
            ("sasl.pasword.file", "hunter2"),
            ("linger_ms", "hunter2"),
            ("BatchSize", "hunter2"),
            ("compression.type", "zstd"),
            ("security.protocol", "SASL_SSL"),
            ("something.else", "hunter2"));
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
        Assert.Contains("have 8 faults", message, StringComparison.Ordinal);
        Assert.Contains("- linger.ms is 'soon'; it must be a whole number of milliseconds from 0 to 2147483647 ms", message, StringComparison.Ordinal);
        Assert.Contains("- ssl.keystore.password is not supported yet: security.protocol can only be PLAINTEXT", message, StringComparison.Ordinal);
        Assert.Contains("- linger_ms is an unknown key; did you mean linger.ms?", message, StringComparison.Ordinal);
        Assert.Contains("- BatchSize is an unknown key; did you mean batch.size?", message, StringComparison.Ordinal);
        Assert.Contains("- compression.type is 'zstd', which is not supported yet; it must be none", message, StringComparison.Ordinal);
        Assert.Contains("- security.protocol is 'SASL_SSL', which is not supported yet; it must be PLAINTEXT", message, StringComparison.Ordinal);
        Assert.Contains("- something.else is an unknown key; the keys are those of the Java producer, and docs/configuration.md in the package lists them", message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_wrong_letter_still_finds_the_key() =>
        Law.Check("did you mean", Gen.Elements(OptionTable.ByKey.Keys.Where(key => key.Length > 4).ToArray()).SelectMany(key => Gen.Choose(0, key.Length - 1).Select(at => (key, at))), pair =>
        {
            var misspelt = pair.key.Remove(pair.at, 1).Insert(pair.at, "9");
            Assert.Contains(pair.key, Refusal((misspelt, "1")), StringComparison.Ordinal);
        });

    [Fact]
    public void Blanks_case_and_large_numbers_are_read_as_Java_does()
    {
        var options = KafkaProducerOptions.FromProperties(
        [
            new(" bootstrap.servers ", " a:1 , [::1]:2 "),
            new("acks", "-1"),
            new("enable.idempotence", "TRUE"),
            new("compression.type", "none"),
            new("security.protocol", "plaintext"),
            new("max.block.ms", "9223372036854775807"),
            new("connections.max.idle.ms", "-5"),
            new("retries", "1"),
            new("retries", "2"),
        ]);
        Assert.Equal(["a:1", "[::1]:2"], options.BootstrapServers);
        Assert.Equal(RequiredAcks.All, options.RequiredAcks);
        Assert.True(options.EnableIdempotence);
        Assert.Equal(int.MaxValue, options.MaxBlock.TotalMilliseconds);
        Assert.Equal(Timeout.InfiniteTimeSpan, options.ConnectionsMaxIdle);
        Assert.Equal(2, options.Retries);
        options.Validate();
    }

    [Fact]
    public void Null_keys_and_values_are_faults_and_not_crashes()
    {
        var message = Refusal((null!, "1"), ("acks", null!));
        Assert.Contains("- (empty) is an unknown key", message, StringComparison.Ordinal);
        Assert.Contains("- acks has no value", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => KafkaProducerOptions.FromProperties(default(IEnumerable<KeyValuePair<string, string>>)!));
    }

    private static string Refusal(params (string Key, string Value)[] properties) =>
        Assert.Throws<ArgumentException>(() => KafkaProducerOptions.FromProperties(properties.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)))).Message;
}
