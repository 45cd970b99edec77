using Rx.Kafka.Integration.Migration;

namespace Rx.Kafka.Integration.RealKafka;

/// <summary>One broker that asks clients for metrics, by a plug-in that is compiled before: without a Java compiler there is none, and its tests are skipped.</summary>
public sealed class TelemetryNode() : Cluster("--brokers", "1", "--set", "metric.reporters=TelemetryReporter")
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder = System.IO.Directory.CreateTempSubdirectory("rx-kafka-telemetry-");

    /// <summary>What the plug-in decoded: client instance, terminating, name, kind, labels and value of each number.</summary>
    public IReadOnlyList<string[]> Received => File.Exists(Pushed) ? [.. File.ReadAllLines(Pushed).Select(static line => line.Split('\t'))] : [];

    // The script hands these options to the broker's machine. A first broker is dumped for a class data archive, which an agent forbids.
    protected override IReadOnlyDictionary<string, string> ScriptVariables => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["KAFKA_JVM_OPTS"] = $"-XX:-RecordDynamicDumpInfo -javaagent:{Agent} -Drx.telemetry={Pushed}",
    };

    private string Agent => Path.Combine(_folder.FullName, "agent.jar");

    private string Pushed => Path.Combine(_folder.FullName, "pushed.tsv");

    public override async Task InitializeAsync()
    {
        if (!JavacFactAttribute.IsPossible)
        {
            return;
        }

        var classes = _folder.CreateSubdirectory("classes").FullName;
        var manifest = Path.Combine(_folder.FullName, "manifest");
        await File.WriteAllTextAsync(manifest, "Premain-Class: TelemetryReporter\n");
        var jars = Path.Combine(Path.GetDirectoryName(Environs.Script)!, "libs", "*");
        await CallAsync("javac", "-cp", jars, "-d", classes, Path.Combine(Snippets.TestFolder, "RealKafka", "TelemetryReporter.java"));
        await CallAsync("jar", "cfm", Agent, manifest, "-C", classes, ".");
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Asks clients for metrics.</summary>
    public Task<string> AskAsync(string prefixes, int intervalMs) => RunAsync(
        "tool", "org.apache.kafka.tools.ClientMetricsCommand", "--bootstrap-server", Servers, "--alter", "--name", "test", "--metrics", prefixes, "--interval", $"{intervalMs}");

    private static async Task CallAsync(string program, params string[] arguments)
    {
        var called = await Command.RunAsync(program, arguments, Patience);
        Assert.True(called.ExitCode == 0, called.Errors);
    }
}
