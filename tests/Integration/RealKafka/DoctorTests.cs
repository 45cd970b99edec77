using Rx.Kafka.Integration.Tool;
using Rx.Kafka.Tool;
using Rx.Kafka.Tool.Doctor;

namespace Rx.Kafka.Integration.RealKafka;

/// <summary>The tool's doctor against a real broker's listeners: what is well, and where mistakes stop it.</summary>
[Collection(RealKafkaGroup.Name)]
public sealed class DoctorTests(SecureNode cluster) : IClassFixture<SecureNode>
{
    [KafkaFact]
    public async Task Each_mistake_stops_at_its_step_and_without_one_a_record_is_written()
    {
        var topic = await cluster.CreateTopicAsync(partitions: 3);
        await cluster.RunAsync("acl", "allow", "alice", "all", topic);

        var well = await DoctorAsync(cluster.SaslSslServers, Secure("SASL_SSL"), User("alice", "alice-secret"), ["--topic", topic, "--send"]);
        Assert.True(well.ExitCode == ExitCodes.Success, well.Text);
        Assert.Contains($"{topic}: 3 partitions", well.Output, StringComparison.Ordinal);

        Stopped(Checkpoint.Sasl, await DoctorAsync(cluster.SaslSslServers, Secure("SASL_SSL"), User("alice", "guessed-secret")));
        Stopped(Checkpoint.Tls, await DoctorAsync(cluster.BadHostServers, Secure("SSL")));
        Stopped(Checkpoint.Tls, await DoctorAsync(cluster.Servers, Secure("SSL")));
        Stopped(Checkpoint.ApiVersions, await DoctorAsync(cluster.SslServers));
        Stopped(Checkpoint.Topic, await DoctorAsync(cluster.SaslServers, ["-s", "security.protocol=SASL_PLAINTEXT"], User("bob", "bob-secret"), ["--topic", topic]));
    }

    private static void Stopped(Checkpoint where, ToolRun run)
    {
        Assert.True(run.ExitCode == (int)where, $"{where}: {run.ExitCode}\n{run.Text}");
        Assert.DoesNotContain("-secret", run.Text, StringComparison.Ordinal);
    }

    private static Task<ToolRun> DoctorAsync(string servers, params string[][] arguments) =>
        ToolRun.RunAsync(["doctor", "-b", servers, .. arguments.SelectMany(static some => some)]);

    private string[] Secure(string protocol) =>
        ["-s", $"security.protocol={protocol}", "-s", $"ssl.ca.location={Path.Combine(cluster.Certificates, "ca.pem")}"];

    private static string[] User(string name, string password) =>
        ["-s", "sasl.mechanism=PLAIN", "-s", $"sasl.username={name}", "-s", $"sasl.password={password}"];
}
