using System.Globalization;
using System.Text.Json;

namespace Rx.Kafka.Integration.RealKafka;

/// <summary>A cluster of its own for a class of tests. Without the <c>kafka</c> script it is the one that runs already, if any; else nothing, and the tests are skipped.</summary>
public abstract class Cluster(params string[] settings) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"rx-kafka-tests-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..6]}");
    private bool _up;

    /// <summary>The addresses, separated by commas.</summary>
    public string Servers { get; private set; } = Environs.Servers ?? "";

    /// <summary>The addresses of the SASL_PLAINTEXT listeners, separated by commas.</summary>
    public string SaslServers { get; private set; } = "";

    /// <summary>The addresses of the SSL listeners, separated by commas.</summary>
    public string SslServers { get; private set; } = "";

    /// <summary>The addresses of the SASL_SSL listeners, separated by commas.</summary>
    public string SaslSslServers { get; private set; } = "";

    /// <summary>The addresses of the SSL listeners whose certificate is for <c>badhost.invalid</c>.</summary>
    public string BadHostServers { get; private set; } = "";

    /// <summary>The directory of the certificates.</summary>
    public string Certificates { get; private set; } = "";

    /// <summary>The directory of the cluster: <c>n0</c>, <c>n1</c> … are its nodes'.</summary>
    public string Directory { get; private set; } = "";

    /// <summary>How producers say who they are; null = they use the plain listeners.</summary>
    public virtual SecurityOptions? Security => null;

    /// <summary>The listeners that producers use.</summary>
    public string ProducerServers => Security switch
    {
        null => Servers,
        { Tls: null } => SaslServers,
        _ => SaslSslServers,
    };

    /// <summary>What the script finds in its environment besides.</summary>
    protected virtual IReadOnlyDictionary<string, string>? ScriptVariables => null;

    public virtual async Task InitializeAsync()
    {
        if (Environs.Script is null)
        {
            return;
        }

        _up = true;
        var printed = await RunAsync(["up", "--base-port", "auto", "--env", .. settings]);
        Servers = Variable("KAFKA_BOOTSTRAP_SERVERS")!;
        SaslServers = Variable("KAFKA_SASL_PLAINTEXT") ?? "";
        SslServers = Variable("KAFKA_SSL") ?? "";
        SaslSslServers = Variable("KAFKA_SASL_SSL") ?? "";
        BadHostServers = Variable("KAFKA_BADHOST") ?? "";
        Certificates = Variable("KAFKA_CERTS") ?? "";
        Directory = Variable("KAFKA_CLUSTER_DIR") ?? "";

        string? Variable(string name) => printed.Split('\n')
            .Where(line => line.StartsWith($"export {name}='", StringComparison.Ordinal))
            .Select(static line => line[(line.IndexOf('\'', StringComparison.Ordinal) + 1)..].TrimEnd('\''))
            .SingleOrDefault();
    }

    public virtual async Task DisposeAsync()
    {
        if (_up)
        {
            await RunAsync("down");
        }
    }

    /// <summary>Runs a command of the script; fails when it does.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var command = await TryAsync(arguments);
        return command.ExitCode == 0
            ? command.Output
            : throw new InvalidOperationException($"kafka {string.Join(' ', arguments)} ended with {command.ExitCode}: {command.Output}{command.Errors}");
    }

    /// <summary>Starts a node that was killed. On a slow machine the script gives up waiting for a node that is coming all the same.</summary>
    public async Task StartAsync(string node)
    {
        const int gaveUpWaiting = 3;
        var started = await TryAsync("start", node);
        if (started.ExitCode is not (0 or gaveUpWaiting))
        {
            throw new InvalidOperationException($"Node {node} does not start: {started.Output}{started.Errors}");
        }
    }

    /// <summary>Makes a topic whose name no other test has.</summary>
    public async Task<string> CreateTopicAsync(int partitions)
    {
        var topic = NewName();
        var created = await TryAsync("topic", "create", topic, "--partitions", partitions.ToString(CultureInfo.InvariantCulture));
        for (var look = 0; created.ExitCode != 0 && look < 10; look++)
        {
            // The script's own wait fails when it asks a node that has not heard of the new topic yet: the topic is made all the same.
            created = await TryAsync("topic", "describe", topic);
        }

        return created.ExitCode == 0 ? topic : throw new InvalidOperationException($"Topic {topic} was not made: {created.Output}{created.Errors}");
    }

    /// <summary>What Kafka's own consumer finds on a topic.</summary>
    public async Task<IReadOnlyList<JsonElement>> ReadAsync(string topic)
    {
        var lines = await RunAsync("read", topic);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }

    /// <summary>Hands over what Kafka's own consumer finds on a topic, a line each: partition, offset, timestamp, key and value, separated by tabs.</summary>
    internal async Task ReadLinesAsync(string topic, Action<string> line)
    {
        var read = await Command.RunAsync(Environs.Script!, ["--name", _name, "read", topic, "--format", "tsv"], Patience, line: line);
        Assert.True(read.ExitCode == 0, read.Errors);
    }

    /// <summary>Lets Kafka's own consumer look for lost, double and misplaced records of streams 0, 1 …, whose values begin with <c>STREAM SEQ</c>. It ends with 0 if there are none.</summary>
    internal Task<Command> CheckAsync(string topic, int streams, int perStream) => TryAsync(
        "read", topic, "--check", "--streams", streams.ToString(CultureInfo.InvariantCulture), "--expect", perStream.ToString(CultureInfo.InvariantCulture));

    /// <summary>For many commands that change or describe topics.</summary>
    internal Administrator NewAdministrator() => new(Environs.Script!, _name, Patience);

    /// <summary>Publishes the million lines by the sample and lets Kafka look at what has arrived.</summary>
    public async Task PublishLinesAsync(string file, Func<TextWriter, Task>? input = null)
    {
        var topic = await CreateTopicAsync(partitions: 16);
        var run = await QuickStart.RunAsync(["--bootstrap", Servers, "--topic", topic, "--file", file, "--key-field", "1"], input);
        Assert.True(run.ExitCode == 0, $"{run.Output}{run.Errors}");
        Assert.EndsWith($"acknowledged {LinesFile.Lines} of {LinesFile.Lines} records\n", run.Output, StringComparison.Ordinal);

        var found = await CheckAsync(topic, LinesFile.Streams, LinesFile.PerStream);
        Assert.True(found.ExitCode == 0, $"{found.Output}{found.Errors}");
        Assert.Equal(LinesFile.Lines, JsonElement.Parse(found.Output).GetProperty("records").GetInt32());
    }

    public KafkaProducer NewProducer(Action<KafkaProducerOptions>? configure = null)
    {
        var options = new KafkaProducerOptions { BootstrapServers = ProducerServers.Split(','), Security = Security };
        configure?.Invoke(options);
        return new KafkaProducer(options);
    }

    public static string NewName() => $"t{Guid.NewGuid():N}";

    internal Task<Command> TryAsync(params string[] arguments) => Command.RunAsync(Environs.Script!, ["--name", _name, .. arguments], Patience, variables: ScriptVariables);
}
