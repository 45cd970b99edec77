using System.Text;

namespace Rx.Kafka.Integration.RealKafka;

/// <summary>TLS against a real broker: every form of certificate and key, and every mistake with its own sentence.</summary>
[Collection(RealKafkaGroup.Name)]
public sealed class TlsTests(TlsNode cluster) : IClassFixture<TlsNode>
{
    private const string Password = "changeit";

    public static TheoryData<string, string> Right => new()
    {
        { "PEM, both in one file", "ssl.keystore.location=client.pem" },
        { "PEM, two files", "ssl.certificate.location=client-cert.pem;ssl.key.location=client-key.pem" },
        { "PKCS#1", "ssl.certificate.location=client-cert.pem;ssl.key.location=client-pkcs1-key.pem" },
        { "EC", "ssl.certificate.location=client-ec.pem" },
        { "encrypted PKCS#8", "ssl.certificate.location=client-encrypted.pem;ssl.key.password=changeit" },
        { "PKCS#12", "ssl.keystore.location=client.pfx;ssl.keystore.password=changeit;ssl.keystore.type=PKCS12" },
        { "several authorities", "ssl.ca.location=both-ca.pem;ssl.certificate.location=client.pem" },
        { "authorities in PKCS#12", "ssl.truststore.location=server.p12;ssl.truststore.password=changeit;ssl.keystore.location=client.pem" },
    };

    public static TheoryData<string, string, string> Wrong => new()
    {
        { "another authority", "ssl.ca.location=other-ca.pem;ssl.certificate.location=client.pem", "its certificate is not of an authority in CaFile" },
        { "none given", "ssl.ca.location=ca.pem", "the broker wants a client certificate (ssl.client.auth=required), and none is set" },
        { "expired", "ssl.certificate.location=client-expired.pem", "the client certificate 'O=rx-kafka, CN=client' is out of date (valid from 2020-01-01" },
        { "foreign", "ssl.certificate.location=client-other.pem", "it does not take the client certificate 'CN=client, O=rx-kafka' of 'CN=rx other CA, O=rx-kafka'" },
    };

    [KafkaTheory]
    [MemberData(nameof(Right))]
    public async Task A_right_certificate_sends(string which, string keys)
    {
        var topic = await cluster.CreateTopicAsync(partitions: 1);
        await using var producer = NewProducer(cluster.SslServers, keys);

        var sent = await producer.SendAsync(new Record(topic, which));

        Assert.Equal(0, sent.Offset);
    }

    [KafkaTheory]
    [MemberData(nameof(Wrong))]
    public async Task A_wrong_certificate_fails_soon_with_its_own_sentence(string which, string keys, string words)
    {
        await using var producer = NewProducer(cluster.SslServers, keys);

        await FailsAsync(producer, which, words);
    }

    [KafkaFact]
    public async Task A_certificate_of_another_host_is_refused_unless_hosts_are_not_checked()
    {
        var topic = await cluster.CreateTopicAsync(partitions: 1);
        await using var strict = NewProducer(cluster.BadHostServers, "ssl.ca.location=ca.pem");
        await FailsAsync(strict, "value", "its certificate is for badhost.invalid, not for 127.0.0.1");

        await using var lax = NewProducer(cluster.BadHostServers, "ssl.ca.location=ca.pem;ssl.endpoint.identification.algorithm=");
        var sent = await lax.SendAsync(new Record(topic, "value"));

        Assert.Equal(0, sent.Offset);
    }

    [KafkaFact]
    public async Task TLS_to_a_plain_port_and_plain_text_to_one_with_TLS_are_called_by_their_names()
    {
        await using var secure = NewProducer(cluster.Servers, "ssl.ca.location=ca.pem");
        await FailsAsync(secure, "value", "speaks no TLS: it is a plaintext listener");

        await using var plain = cluster.NewProducer(options => options.BootstrapServers = [cluster.SslServers]);
        await FailsAsync(plain, "value", "wants TLS and got plain text");
    }

    [KafkaFact]
    public async Task SASL_goes_inside_TLS()
    {
        var topic = await cluster.CreateTopicAsync(partitions: 1);
        await using var producer = cluster.NewProducer(options =>
        {
            options.BootstrapServers = [cluster.SaslSslServers];
            options.Security = new() { Tls = new() { CaFile = PathOf("ca.pem") }, Sasl = SaslOptions.Scram256("alice", "alice-secret") };
        });

        var sent = await producer.SendAsync(new Record(topic, "value"));

        Assert.Equal(0, sent.Offset);
    }

    [KafkaFact]
    public async Task Large_requests_go_whole()
    {
        var topic = await cluster.CreateTopicAsync(partitions: 1);
        await using var producer = NewProducer(cluster.SslServers, "ssl.certificate.location=client.pem");

        var sent = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => producer.SendAsync(new Record(topic, Encoding.UTF8.GetBytes($"{i}"), new byte[100_000])).AsTask()));

        Assert.Equal(Enumerable.Range(0, 200).Select(static i => (long)i), sent.Select(static one => one.Offset).Order());
    }

    private static async Task FailsAsync(KafkaProducer producer, string value, string words)
    {
        var since = TimeProvider.System.GetTimestamp();
        var fault = await Assert.ThrowsAsync<KafkaProduceException>(() => producer.SendAsync(new Record("any", value)).AsTask());
        Assert.Equal(ProduceErrorCode.Authentication, fault.Code);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, fault.ToString(), StringComparison.Ordinal);
        Assert.InRange(TimeProvider.System.GetElapsedTime(since), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    private KafkaProducer NewProducer(string servers, string keys)
    {
        var properties = keys.Split(';').Select(static pair => pair.Split('=')).ToDictionary(static pair => pair[0], pair => Absolute(pair[0], pair[1]), StringComparer.Ordinal);
        properties.TryAdd("security.protocol", "SSL");
        if (!properties.ContainsKey("ssl.truststore.location"))
        {
            properties.TryAdd("ssl.ca.location", PathOf("ca.pem"));
        }

        var read = KafkaProducerOptions.FromProperties(properties);
        return cluster.NewProducer(options =>
        {
            options.BootstrapServers = [servers];
            options.Security = read.Security;
        });
    }

    private string Absolute(string key, string value) => key.EndsWith(".location", StringComparison.Ordinal) ? PathOf(value) : value;

    private string PathOf(string file) => Path.Combine(cluster.Certificates, file);
}
