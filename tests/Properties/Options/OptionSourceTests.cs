using Microsoft.Extensions.Configuration;
using Rx.Kafka.Options;

namespace Rx.Kafka.Properties.Options;

/// <summary>Options from an application's configuration and from environment variables.</summary>
public sealed class OptionSourceTests
{
    [Property(Arbitrary = [typeof(OptionGenerators)])]
    public void A_section_is_read_under_keys_and_under_the_options_names(KafkaProducerOptions options)
    {
        Assert.Equal(options, KafkaProducerOptions.FromConfiguration(Section([.. Written(row => row.Key ?? row.Property!, options)])));
        Assert.Equal(options, KafkaProducerOptions.FromConfiguration(Section([.. Written(row => row.Property ?? row.Key!, options)])));
    }

    [Property(Arbitrary = [typeof(OptionGenerators)])]
    public void Variables_are_read_in_capitals(KafkaProducerOptions options)
    {
        var variables = Written(row => "MY_" + (row.Key?.Replace('.', '_') ?? row.Property!).ToUpperInvariant(), options).ToDictionary();
        Assert.Equal(options, OptionSources.Environment(variables, "MY_"));
    }

    // Whichever won, a wish for secrecy might be the other one.
    [Fact]
    public void Two_spellings_of_the_protocol_that_differ_are_refused()
    {
        var message = Assert.Throws<ArgumentException>(() => Read("PLAINTEXT")).Message;
        Assert.Contains("- SecurityProtocol is SSL but security.protocol is PLAINTEXT; name one protocol, in one place", message, StringComparison.Ordinal);
        Assert.NotNull(Read("ssl").Security?.Tls);

        static KafkaProducerOptions Read(string other) => KafkaProducerOptions.FromConfiguration(Section(
            new("bootstrap.servers", "a:1"), new("security.protocol", other), new("SecurityProtocol", "SSL")));
    }

    [Fact]
    public void What_stands_in_an_appsettings_file_for_Confluents_ProducerConfig_is_read()
    {
        var options = KafkaProducerOptions.FromConfiguration(Section(
            new("BootstrapServers", "a:1, b:2,"), new("Acks", "Leader"), new("SecurityProtocol", "Plaintext"), new("LingerMs", "0.5"),
            new("CompressionType", "Gzip"), new("MessageTimeoutMs", "0"), new("QueueBufferingMaxKbytes", "1024"), new("EnableDeliveryReports", "true"),
            new("Partitioner", "ConsistentRandom"), new("BrokerAddressFamily", "V4")));
        Assert.Equal(
            new KafkaProducerOptions
            {
                BootstrapServers = ["a:1", "b:2"],
                RequiredAcks = RequiredAcks.Leader,
                Linger = TimeSpan.FromMicroseconds(500),
                Compression = Compression.Gzip,
                DeliveryTimeout = TimeSpan.FromMilliseconds(int.MaxValue),
                BufferMemory = 1024 * 1024,
                Partitioner = Partitioners.ConsistentRandom,
            },
            options);
        Assert.Equal(
            ["BrokerAddressFamily has no effect: names are resolved at each connection attempt, and their addresses tried in turn", "EnableDeliveryReports has no effect: outcomes are told to whoever asks for them"],
            options.Notices);
    }

    [Fact]
    public void A_bare_number_is_milliseconds_and_a_list_is_a_list()
    {
        var options = KafkaProducerOptions.FromConfiguration(Section(
            new("Linger", "7"), new("RequestTimeout", "00:00:05"), new("CloseTimeout", "2s"), new("bootstrap:servers:0", "a:1"), new("bootstrap:servers:1", "b:2"),
            new("compression.type:0", "zstd"), new("compression.type:1", "none"), new("ClientId", null)));
        Assert.Equal((7, 5000, 2000), (options.Linger.TotalMilliseconds, options.RequestTimeout.TotalMilliseconds, options.CloseTimeout.TotalMilliseconds));
        Assert.Equal(["a:1", "b:2"], options.BootstrapServers);
        Assert.Equal(Compression.Zstd.Or(Compression.None), options.Compression);
        Assert.Null(options.ClientId);
    }

    [Fact]
    public void A_section_tells_all_its_faults_by_its_own_names()
    {
        var message = Assert.Throws<ArgumentException>(() => KafkaProducerOptions.FromConfiguration(Section(
            new("SaslPassword", "hunter2"), new("Linger", "soon"), new("BatchSze", "1"), new("Runtime", "x"), new("Transport:Kind", "x")))).Message;
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
        Assert.Contains("have 5 faults", message, StringComparison.Ordinal);
        Assert.Contains("- Linger is 'soon'; it must be a number of milliseconds from 0 to 2147483647 ms", message, StringComparison.Ordinal);
        Assert.Contains("- SaslPassword: without security.protocol this is for nothing, for PLAINTEXT is spoken; set security.protocol=SASL_SSL", message, StringComparison.Ordinal);
        Assert.Contains("- BatchSze is an unknown key; did you mean batch.size?", message, StringComparison.Ordinal);
        Assert.Contains("- Runtime cannot be given as text; set KafkaProducerOptions.Runtime in code", message, StringComparison.Ordinal);
        Assert.Contains("- Transport.Kind is an unknown key", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Producer:LingerMs", "'Kafka' does not hold the producer's options itself, but has a section 'Producer'", "give 'Kafka:Producer'")]
    [InlineData("producer:bootstrap:servers:0", "has a section 'producer'", "give 'Kafka:producer'")]
    [InlineData("Clusters:East:metadata.broker.list", "has a section 'East'", "give 'Kafka:Clusters:East'")]
    public void A_section_around_the_one_that_was_meant_is_one_fault_that_names_it(string key, params string[] words)
    {
        var message = Assert.Throws<ArgumentException>(() => KafkaProducerOptions.FromConfiguration(Section(
            new(key, "a:1"), new("Consumer:GroupId", "g")))).Message;
        Assert.All(words, part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.DoesNotContain("unknown key", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_of_others_are_noticed_and_misspelt_ones_refused()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["KAFKA_HOME"] = "hunter2",
            ["KAFKA_HEAP_OPTS"] = "-Xmx1G",
            ["KAFKA_PORT_9092_TCP_ADDR"] = "10.0.0.1",
            ["KAFKA_SERVICE_HOST"] = "10.0.0.1",
            ["kafka_linger_ms"] = "3",
            ["PATH"] = "/bin",
            ["KAFKA_GROUP_ID"] = "g",
        };
        var options = OptionSources.Environment(variables, "KAFKA_");
        Assert.Equal(3, options.Linger.TotalMilliseconds);
        Assert.Equal(
            ["KAFKA_HEAP_OPTS has no effect: it is like no key", "KAFKA_HOME has no effect: it is like no key", "KAFKA_PORT_9092_TCP_ADDR has no effect: it is like no key", "KAFKA_SERVICE_HOST has no effect: it is like no key", "KAFKA_GROUP_ID: for consumers, without effect on a producer"],
            options.Notices);
        variables["KAFKA_LINGR_MS"] = "5";
        var message = Assert.Throws<ArgumentException>(() => OptionSources.Environment(variables, "KAFKA_")).Message;
        Assert.Contains("- KAFKA_LINGR_MS is an unknown key; did you mean linger.ms?", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_of_this_process_is_read()
    {
        var prefix = $"RX{Guid.NewGuid():N}_";
        Environment.SetEnvironmentVariable(prefix + "LINGER_MS", "9");
        Assert.Equal(9, KafkaProducerOptions.FromEnvironment(prefix).Linger.TotalMilliseconds);
        Assert.Throws<ArgumentException>(() => KafkaProducerOptions.FromEnvironment(""));
        Assert.Throws<ArgumentNullException>(() => KafkaProducerOptions.FromConfiguration(null!));
    }

    [Fact]
    public void The_producer_logs_each_notice_once()
    {
        using var log = new EventLog();
        var options = KafkaProducerOptions.FromConfiguration(Section(new("bootstrap.servers", "a:1"), new("group.id", "g"), new("key.serializer", "x")));
        using (new KafkaProducer(options, log))
        {
            Assert.Equal(options.Notices.Select(notice => "Reading the options: " + notice), log.Events.Where(e => e.Id == 452).Select(e => e.Text));
        }
    }

    private static IEnumerable<KeyValuePair<string, string?>> Written(Func<ProducerOption, string> name, KafkaProducerOptions options) => OptionTable.Rows
        .Where(row => row.Read(options) is not null && row.Property is not (nameof(options.Runtime) or nameof(options.Transport)))
        .Select(row => KeyValuePair.Create(name(row), (string?)OptionText.Quote(row.Read(options)!)));

    private static IConfiguration Section(params KeyValuePair<string, string?>[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create("Kafka:" + pair.Key, pair.Value))).Build().GetSection("Kafka");
}
