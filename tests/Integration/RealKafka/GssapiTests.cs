using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Rx.Kafka.Integration.RealKafka;

/// <summary>
/// GSSAPI against a real broker and a real key distribution centre. The producer is a process of its own, as the system's library reads its
/// configuration from the environment.
/// </summary>
[Collection(RealKafkaGroup.Name)]
public sealed class GssapiTests(KerberosNode cluster) : IClassFixture<KerberosNode>
{
    private const int Records = 1000;

    [KerberosTheory]
    [InlineData("SASL_PLAINTEXT")]
    [InlineData("SASL_SSL")]
    public async Task A_thousand_records_go_with_a_key_from_a_keytab(string protocol)
    {
        var topic = await cluster.CreateTopicAsync(partitions: 1);

        var run = await RunAsync(protocol, topic, cluster.Client(hasKeytab: true));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var found = await cluster.CheckAsync(topic, streams: 1, Records);
        Assert.True(found.ExitCode == 0, $"{found.Output}{found.Errors}");
    }

    [KerberosTheory]
    [InlineData(false, "kafka", "(UnknownCredentials): this client has no ticket, and the KDC gave it none")]
    [InlineData(true, "queue", "as queue/127.0.0.1 (GenericFailure): the ticket is out of date (klist shows it), or the KDC does not know that principal")]
    public async Task A_mistake_has_its_own_sentence(bool hasKeytab, string service, string words)
    {
        var run = await RunAsync("SASL_PLAINTEXT", "any", cluster.Client(hasKeytab), $"sasl.kerberos.service.name={service}\n");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(words, run.Errors, StringComparison.Ordinal);
    }

    /// <summary>The system's library waits for half a minute.</summary>
    [KerberosTheory]
    [InlineData(2)]
    public async Task A_KDC_that_never_answers_costs_the_setup_timeout(int seconds)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var elsewhere = await cluster.ElsewhereAsync(((IPEndPoint)silent.LocalEndpoint).Port);
        var watch = Stopwatch.StartNew();

        var run = await RunAsync(
            "SASL_PLAINTEXT", "any", cluster.Client(hasKeytab: true, elsewhere), $"socket.connection.setup.timeout.ms={seconds}000\nsocket.connection.setup.timeout.max.ms={seconds}000\n");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("got no ticket for kafka/127.0.0.1: no KDC answered within ConnectionSetupTimeout", run.Errors, StringComparison.Ordinal);

        // The timeout has 20 % of chance, so that clients do not come together.
        Assert.InRange(watch.Elapsed.TotalSeconds, seconds * 0.8, 15);
    }

    private async Task<Command> RunAsync(string protocol, string topic, IReadOnlyDictionary<string, string> variables, string keys = "")
    {
        var file = Path.GetTempFileName();
        try
        {
            var servers = protocol == "SASL_SSL" ? cluster.SaslSslServers : cluster.SaslServers;
            var authority = protocol == "SASL_SSL" ? $"ssl.truststore.type=PEM\nssl.truststore.location={Path.Combine(cluster.Certificates, "ca.pem")}\n" : "";
            await File.WriteAllTextAsync(file, $"bootstrap.servers={servers}\nsecurity.protocol={protocol}\nsasl.mechanism=GSSAPI\n{authority}{keys}");
            return await QuickStart.RunAsync(["--config", file, "--topic", topic, "--file", "-"], WriteAsync, variables);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task WriteAsync(TextWriter lines)
    {
        for (var i = 0; i < Records; i++)
        {
            await lines.WriteLineAsync($"0 {i} payload");
        }
    }
}
