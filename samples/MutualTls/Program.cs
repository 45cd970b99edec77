using Rx.Kafka;
using Rx.Kafka.Testing;

// Mutual TLS: the producer trusts one authority, and says who it is by a certificate. The broker here is embedded, and its authority is made
// on the spot; with a cluster of yours only the addresses and the files differ. What is wrong is said, and mended without a new producer.

var authority = new TestAuthority("Sample CA");
var files = Directory.CreateTempSubdirectory();
var (ca, identity) = (Path.Combine(files.FullName, "ca.pem"), Path.Combine(files.FullName, "client.pem"));
try
{
    await using var kafka = await EmbeddedKafka.StartAsync(options: new()
    {
        Tls = new() { Authority = authority, RequiresClientCertificate = true },
    });
    await File.WriteAllTextAsync(ca, new TestAuthority("Another CA").CertificatePem); // the mistake
    await File.WriteAllTextAsync(identity, authority.Issue("sample-service"));        // certificate and key

    await using var producer = new KafkaProducer(new KafkaProducerOptions
    {
        BootstrapServers = kafka.BootstrapServers,
        Security = new SecurityOptions { Tls = new TlsOptions { CaFile = ca, CertificateFile = identity } },
    });

    try
    {
        await producer.ConnectAsync();
        return 1;
    }
    catch (KafkaAuthenticationException e)
    {
        Console.WriteLine($"As meant to be: {e.Message}");
    }

    // Files are read again for each connection, so this is all there is to do, also when a certificate is renewed.
    await File.WriteAllTextAsync(ca, authority.CertificatePem);
    await producer.ConnectAsync();
    var sent = await producer.SendAsync(new Record("orders", key: "42", value: "paid"));
    Console.WriteLine($"{sent.Topic}[{sent.Partition}] offset {sent.Offset}, over TLS");
    return kafka.ReadLog("orders").Count == 1 ? 0 : 1;
}
finally
{
    files.Delete(recursive: true);
}
