using FsCheck.Fluent;
using Rx.Kafka.Options;

namespace Rx.Kafka.Properties.Options;

// Carries K1, K6 (times that are none), K7 (socket buffers), K23.
public sealed class ValidationTests
{
    private static KafkaProducerOptions Minimal => new() { BootstrapServers = ["localhost:9092"] };

    [Fact]
    public void The_defaults_and_a_server_are_valid() => Minimal.Validate();

    [Property(Arbitrary = [typeof(OptionGenerators)])]
    public void Valid_options_pass(KafkaProducerOptions options) => options.Validate();

    [Fact]
    public void Every_fault_is_reported_at_once() =>
        Law.Check("all faults at once", Gen.SubListOf<(string Name, Action<KafkaProducerOptions> Break)>(OptionGenerators.SingleFaults).Where(faults => faults.Count > 0), faults =>
        {
            var options = Minimal;
            foreach (var (_, breakIt) in faults)
            {
                breakIt(options);
            }

            var names = faults.Select(fault => fault.Name).Distinct(StringComparer.Ordinal).ToList();
            var lines = Faults(options);
            Assert.Equal(names.Count, lines.Count);
            Assert.All(names, name => Assert.Single(lines, line => line.StartsWith($"- {name} ", StringComparison.Ordinal)));
        });

    // The rules between options: whose values each compares, how it is broken, and what it says. They share options, so each breaks alone.
    private static readonly (string[] Needs, Action<KafkaProducerOptions> Break, string Says)[] RulesBetween =
    [
        (["DeliveryTimeout", "Linger", "RequestTimeout"], o => o.DeliveryTimeout = TimeSpan.FromSeconds(1), "it must be at least Linger + RequestTimeout"),
        (["BatchSize", "MaxRequestSize"], o => o.MaxRequestSize = 100, "it must be at most MaxRequestSize"),
        (["BufferMemory", "BatchSize"], o => o.BufferMemory = 100, "it must be at least two chunks"),
        (["PartitionerRackAware", "ClientRack"], o => (o.PartitionerRackAware, o.ClientRack) = (true, " "), "set it to the broker.rack"),
        (["RequiredAcks"], o => (o.EnableIdempotence, o.RequiredAcks) = (true, RequiredAcks.Leader), "set it to All"),
        (["Retries"], o => (o.EnableIdempotence, o.Retries) = (true, 0), "set it to at least 1"),
        (["MaxInFlightRequestsPerConnection"], o => (o.EnableIdempotence, o.MaxInFlightRequestsPerConnection) = (true, 6), "set it to at most 5"),
    ];

    [Fact]
    public void A_faulty_option_silences_only_the_rules_that_compare_it() => Law.Check(
        "faults and rules", Gen.SubListOf<(string Name, Action<KafkaProducerOptions> Break)>(OptionGenerators.SingleFaults).SelectMany(faults => Gen.SubListOf<(string[] Needs, Action<KafkaProducerOptions> Break, string Says)>(RulesBetween).Select(rules => (faults, rules))), pair =>
        {
            var options = Minimal;
            foreach (var (_, breakIt, _) in pair.rules)
            {
                breakIt(options);
            }

            foreach (var (_, breakIt) in pair.faults)
            {
                breakIt(options);
            }

            var faulty = pair.faults.Select(fault => fault.Name.Split(' ')[0]).ToHashSet(StringComparer.Ordinal);
            var broken = pair.rules.Where(rule => !rule.Needs.Any(faulty.Contains)).Select(rule => rule.Says).ToList();
            if (faulty.Count + broken.Count == 0)
            {
                options.Validate();
                return;
            }

            var lines = Faults(options);
            Assert.Equal(faulty.Count + broken.Count, lines.Count);
            Assert.All(broken, says => Assert.Single(lines, line => line.Contains(says, StringComparison.Ordinal)));
        });

    [Fact]
    public void A_fault_names_value_limit_and_remedy()
    {
        var options = Minimal;
        options.BatchSize = 2_000_000;
        options.BufferMemory = 100_000;
        options.Linger = TimeSpan.FromSeconds(10);
        options.DeliveryTimeout = TimeSpan.FromSeconds(39);
        Assert.Equal(
            [
                "- DeliveryTimeout (delivery.timeout.ms) is 39000 ms; it must be at least Linger + RequestTimeout (linger.ms + request.timeout.ms) = 40000 ms: raise it, lower these, or leave it unset",
                "- BatchSize (batch.size) is 2000000; it must be at most MaxRequestSize (max.request.size) = 1048576: lower it or raise MaxRequestSize",
                "- BufferMemory (buffer.memory) is 100000; it must be at least two chunks of 65536 bytes (BatchSize clamped to 4 to 64 KiB) = 131072: raise it or lower BatchSize",
            ],
            Faults(options));
    }

    [Fact]
    public void Demanding_idempotence_reports_each_conflict()
    {
        var options = Minimal;
        options.EnableIdempotence = true;
        options.RequiredAcks = RequiredAcks.Leader;
        options.Retries = 0;
        options.MaxInFlightRequestsPerConnection = 6;
        var faults = Faults(options);
        Assert.Equal(3, faults.Count);
        Assert.Contains("set it to All", faults[0], StringComparison.Ordinal);
        Assert.Contains("set it to at least 1", faults[1], StringComparison.Ordinal);
        Assert.Contains("set it to at most 5", faults[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", "has no port")]
    [InlineData("localhost:", "it must be from 1 to 65535")]
    [InlineData("localhost:0", "it must be from 1 to 65535")]
    [InlineData("localhost:65536", "it must be from 1 to 65535")]
    [InlineData("localhost:+9092", "it must be from 1 to 65535")]
    [InlineData(":9092", "no valid host name")]
    [InlineData("two words:9092", "holds a blank")]
    [InlineData("h1:9092 h2:9092", "holds a blank; separate servers by commas, or give each as an element of its own")]
    [InlineData("h1:9092\th2:9092", "holds a blank")]
    [InlineData("h1:9092;h2:9092", "holds a semicolon; separate servers by commas, or give each as an element of its own")]
    [InlineData("\"h1:9092\"", "holds the quote \"; write host:port without quotes")]
    [InlineData("'h1:9092'", "holds the quote '")]
    [InlineData("h:9092/", "holds a slash; write host:port alone")]
    [InlineData("PLAINTEXT://h:9092/topic", "holds a slash")]
    [InlineData("PLAINTEXT://", "has no port")]
    [InlineData("PLAINTEXT://PLAINTEXT://h:1", "holds a slash")]
    [InlineData("SASL_SSL://h:9092", "bootstrap.servers says SASL_SSL:// but security.protocol is PLAINTEXT; name one protocol, in one place")]
    [InlineData("sasl_plaintext://h:9092", "bootstrap.servers says sasl_plaintext:// but security.protocol is PLAINTEXT")]
    [InlineData("SSL://h:9092", "bootstrap.servers says SSL:// but security.protocol is PLAINTEXT")]
    [InlineData("http://h:9092", "starts with 'http://'; write host:port alone")]
    [InlineData("://h:9092", "starts with '://'")]
    [InlineData("0.0.0.0:9092", "is where a broker listens, not where it is found; write its name, or localhost for this host")]
    [InlineData("[::]:9092", "is where a broker listens")]
    [InlineData("plaintext://0.0.0.0:9092", "is where a broker listens")]
    [InlineData("::1:9092", "in brackets")]
    [InlineData("[::1]", "has no port")]
    [InlineData("[localhost]:9092", "no IPv6 address")]
    [InlineData("-h:9092", "no valid host name")]
    [InlineData("h..example:9092", "no valid host name")]
    [InlineData("user:secret@h:9092", "holds the sign @; write host:port alone")]
    [InlineData("Endpoint=sb://n.servicebus.windows.net/;SharedAccessKey=x=", "is the connection string of an Event Hubs namespace; write NAMESPACE.servicebus.windows.net:9093")]
    [InlineData("a:1,b:2", "element of its own")]
    [InlineData("", "is empty")]
    [InlineData(null, "is empty")]
    public void A_bad_server_is_explained(string? server, string explanation)
    {
        var faults = Faults(new KafkaProducerOptions { BootstrapServers = ["good:9092", server!] });
        Assert.Contains(explanation, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PLAINTEXT://h:9092", "h", 9092)]
    [InlineData("PLAINTEXT://127.0.0.1:61093/", "127.0.0.1", 61093)]
    [InlineData("Plaintext://[::1]:9092/", "::1", 9092)]
    [InlineData("\tplaintext://h:1 ", "h", 1)]
    public void An_address_with_the_protocol_we_speak_is_taken(string server, string host, int port)
    {
        var options = KafkaProducerOptions.FromProperties([new("bootstrap.servers", server)]);
        options.Validate();
        Assert.Equal([new BootstrapServer(host, port)], options.EffectiveBootstrapServers);
    }

    [Fact]
    public void Servers_are_parsed_in_order_and_once_each()
    {
        var options = new KafkaProducerOptions { BootstrapServers = ["b_1:9092", " a.example:1 ", "[2001:db8::1]:65535", "127.0.0.1:9092", "b_1:9092", "A.Example:1", "_srv.example.:9092", "[fe80::1%1]:9092"] };
        options.Validate();
        Assert.Equal(
            [new BootstrapServer("b_1", 9092), new BootstrapServer("a.example", 1), new BootstrapServer("2001:db8::1", 65535), new BootstrapServer("127.0.0.1", 9092), new BootstrapServer("_srv.example.", 9092), new BootstrapServer("fe80::1%1", 9092)],
            options.EffectiveBootstrapServers);
    }

    [Fact]
    public void A_null_list_of_servers_is_refused_where_it_is_set() =>
        Assert.Throws<ArgumentNullException>(() => new KafkaProducerOptions { BootstrapServers = null! });

    private static List<string> Faults(KafkaProducerOptions options) =>
        [.. Assert.Throws<ArgumentException>(options.Validate).Message.Split(Environment.NewLine).Skip(1)];
}
