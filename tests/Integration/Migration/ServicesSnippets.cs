using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rx.Kafka.Integration.Tool;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Migration;

/// <summary>What docs/services.md shows: a whole file, which is read and used against brokers that want what it says.</summary>
internal static class ServicesSnippets
{
    /// <summary>Brokers of its own, for they want TLS and a password.</summary>
    public static async Task Load(string _)
    {
        ILoggerFactory loggerFactory = NullLoggerFactory.Instance;
        var tls = new EmbeddedTlsOptions();
        var users = new Dictionary<string, string>(StringComparer.Ordinal) { ["orders"] = "the password of orders" };
        await using var kafka = await EmbeddedKafka.StartAsync(options: new EmbeddedKafkaOptions { Tls = tls, Sasl = new EmbeddedSaslOptions { Users = users } });
        using var authority = new TemporaryFile(tls.Authority.CertificatePem);
        using var file = new TemporaryFile(Snippets.Read()["services-file"]
            .Replace("kafka-1.example:9094,kafka-2.example:9094", kafka.BootstrapServers[0], StringComparison.Ordinal)
            .Replace("/etc/kafka/ca.pem", authority.Path, StringComparison.Ordinal));
        var path = file.Path;

        // snippet: services-load
        var options = KafkaProducerOptions.FromPropertiesFile(path);
        await using var producer = new KafkaProducer(options, loggerFactory);
        await producer.ConnectAsync(); // optional: a certificate or password that is not taken is said here
        // end

        Assert.Empty(options.Notices);
        Assert.Equal(0, (await producer.SendAsync(new Record("orders", "o"))).Offset);
    }
}
