using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded;

/// <summary>TLS over sockets against embedded brokers: each mistake has its own sentence, and mending it is enough.</summary>
public sealed class TlsTests
{
    private const int RoundRefused = 212;
    private static readonly TestAuthority Authority = new("ours");
    private static readonly TestAuthority Foreign = new("theirs");

    public static TheoryData<string, EmbeddedTlsOptions?, TlsOptions?, string> Mistakes => new()
    {
        { "an authority that is not ours", Trusted(Foreign), Trusting(Authority), "its certificate is not of an authority in CaPem" },
        { "the system's authorities", Trusted(Authority), new TlsOptions(), "its certificate is not of an authority in the system's certificate store: it is of CN=ours" },
        { "another host", Trusted(Authority) with { Hosts = ["elsewhere.invalid", "192.0.2.1"] }, Trusting(Authority), "its certificate is for elsewhere.invalid, 192.0.2.1, not for 127.0.0.1" },
        { "an expired broker", Trusted(Authority) with { Validity = TimeSpan.FromHours(1) }, Trusting(Authority), "its certificate is valid from " },
        { "TLS to a plain port", null, Trusting(Authority), "speaks no TLS: it is a plaintext listener" },
    };

    private static EmbeddedTlsOptions Requiring => Trusted(Authority) with { RequiresClientCertificate = true };

    [Fact]
    public async Task Records_go_over_TLS()
    {
        await using var kafka = await StartAsync(Trusted(Authority));
        await using var producer = NewProducer(kafka, Trusting(Authority));

        var large = new byte[500_000];
        new Random(7).NextBytes(large);
        await producer.SendAsync(new Record("t", ReadOnlyMemory<byte>.Empty, large));

        Assert.Equal(large, Assert.Single(kafka.ReadLog("t")).Value!.Value.ToArray());
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_fails_records_soon_with_its_own_sentence_and_is_logged_once(string which, EmbeddedTlsOptions? broker, TlsOptions? client, string words)
    {
        using var log = new EventLog();
        await using var kafka = await StartAsync(broker);
        await using var producer = NewProducer(kafka, client, log);

        for (var i = 0; i < 3; i++)
        {
            var fault = await Assert.ThrowsAsync<KafkaProduceException>(() => producer.SendAsync(new Record("t", which)).AsTask());
            Assert.Equal(ProduceErrorCode.Authentication, fault.Code);
            Assert.Contains(words, fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("PRIVATE", fault.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(1, log.Count(RoundRefused));
        Assert.Empty(kafka.ReadLog("t"));
    }

    [Fact]
    public async Task A_client_that_shows_no_certificate_or_a_foreign_one_is_refused()
    {
        await using var kafka = await StartAsync(Requiring);
        foreach (var client in new[] { Trusting(Authority), Trusting(Authority) with { CertificatePem = Foreign.Issue("mallory") } })
        {
            await using var producer = NewProducer(kafka, client);
            var fault = await Assert.ThrowsAnyAsync<KafkaException>(() => producer.ConnectAsync().AsTask());
            Assert.Contains("client certificate", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_certificates_between_the_clients_and_its_authority_are_sent()
    {
        await using var kafka = await StartAsync(Requiring);
        var chained = Authority.Below("department").Below("team").Issue("service");
        await using var producer = NewProducer(kafka, Trusting(Authority) with { CertificatePem = chained });

        await producer.SendAsync(new Record("t", "value"));

        Assert.Single(kafka.ReadLog("t"));
    }

    [Fact]
    public async Task Without_the_check_of_the_host_any_certificate_of_the_authority_will_do()
    {
        await using var kafka = await StartAsync(Trusted(Authority) with { Hosts = ["elsewhere.invalid"] });
        await using var producer = NewProducer(kafka, Trusting(Authority) with { ChecksHostName = false });

        await producer.SendAsync(new Record("t", "value"));

        Assert.Single(kafka.ReadLog("t"));
    }

    [Fact]
    public async Task Files_that_are_mended_are_taken_without_a_new_producer()
    {
        using var log = new EventLog();
        var (authority, identity) = (Path.GetTempFileName(), Path.GetTempFileName());
        try
        {
            await File.WriteAllTextAsync(authority, Foreign.CertificatePem);
            await File.WriteAllTextAsync(identity, Foreign.Issue("service"));
            await using var kafka = await StartAsync(Requiring);
            await using var producer = NewProducer(kafka, new TlsOptions { CaFile = authority, CertificateFile = identity }, log);
            var fault = await Assert.ThrowsAsync<KafkaProduceException>(() => producer.SendAsync(new Record("t", "value")).AsTask());

            await File.WriteAllTextAsync(authority, Authority.CertificatePem);
            await Eventually.TrueAsync(() => log.Events.Any(static e => e.Text.Contains("refuse or miss a client certificate", StringComparison.Ordinal)));
            await File.WriteAllTextAsync(identity, Authority.Issue("service"));
            await Eventually.SucceedsAsync(() => producer.SendAsync(new Record("t", "value")));

            Assert.Contains("not of an authority", fault.Message, StringComparison.Ordinal);
            Assert.Single(kafka.ReadLog("t"));
        }
        finally
        {
            File.Delete(authority);
            File.Delete(identity);
        }
    }

    [Fact]
    public async Task Plain_text_to_a_port_with_TLS_is_called_by_its_name()
    {
        await using var kafka = await StartAsync(Trusted(Authority));
        await using var producer = NewProducer(kafka, null);

        // What the framework's TLS answers to plain text is no alert, and a close is all there is to see.
        var fault = await Assert.ThrowsAsync<KafkaException>(() => producer.ConnectAsync().AsTask());

        Assert.Contains("TLS", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SASL_goes_inside_TLS()
    {
        await using var kafka = await EmbeddedKafka.StartAsync(options: new EmbeddedKafkaOptions
        {
            Tls = Trusted(Authority),
            Sasl = new EmbeddedSaslOptions { Users = new Dictionary<string, string>(StringComparer.Ordinal) { ["alice"] = "alice-secret" } },
        });
        await using var producer = new KafkaProducer(new KafkaProducerOptions
        {
            BootstrapServers = kafka.BootstrapServers,
            Security = new SecurityOptions { Tls = Trusting(Authority), Sasl = SaslOptions.Scram512("alice", "alice-secret") },
        });

        await producer.SendAsync(new Record("t", "value"));

        Assert.Single(kafka.ReadLog("t"));
    }

    private static EmbeddedTlsOptions Trusted(TestAuthority authority) => new() { Authority = authority };

    private static TlsOptions Trusting(TestAuthority authority) => new() { CaPem = authority.CertificatePem };

    private static async Task<EmbeddedKafka> StartAsync(EmbeddedTlsOptions? tls)
    {
        var kafka = await EmbeddedKafka.StartAsync(options: new EmbeddedKafkaOptions { Tls = tls });
        kafka.CreateTopic("t");
        return kafka;
    }

    private static KafkaProducer NewProducer(EmbeddedKafka kafka, TlsOptions? tls, EventLog? log = null) => new(
        new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, Security = new SecurityOptions { Tls = tls } }, log);
}
