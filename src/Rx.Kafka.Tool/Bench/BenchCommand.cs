using System.CommandLine;
using Rx.Kafka.Tool.Connecting;

namespace Rx.Kafka.Tool.Bench;

/// <summary>The command line of <c>bench</c>.</summary>
internal sealed class BenchCommand
{
    private const int DefaultPartitions = 6;
    private const string EmbeddedServers = "127.0.0.1:9092"; // until it is known where they are

    private readonly Option<string> _topic = new("--topic", "-t")
    {
        Description = "Where records go. On a cluster they stay, and it is made there if the cluster allows it.",
        HelpName = "NAME",
        DefaultValueFactory = static _ => "rxkafka-bench",
    };

    private readonly Option<int?> _partitions = Number<int>(
        "--partitions", "Partitions of the topic on embedded brokers.", "N", DefaultPartitions);

    private readonly Option<int?> _size = Number<int>("--size", "Bytes of a value.", "BYTES", 100);

    private readonly Option<double?> _seconds = Number<double>("--seconds", "How long a round measures.", "N", 5);

    private readonly Option<double?> _warmup = Number<double>("--warmup", "Seconds of a round before it measures.", "N", 2);

    private readonly Option<int?> _rounds = Number<int>("--rounds", "Rounds of each client.", "N", 2);

    private readonly Option<string?> _acks = new("--acks") { Description = "all, 1 or 0 (acks).", HelpName = "ACKS" };

    private readonly Option<string?> _linger = new("--linger") { Description = "Milliseconds (linger.ms).", HelpName = "MS" };

    private readonly Option<string?> _compression = new("--compression")
    {
        Description = "none, gzip, snappy, lz4 or zstd (compression.type).",
        HelpName = "CODEC",
    };

    private readonly Option<string> _client = new("--client")
    {
        Description = "ours, confluent or both.",
        HelpName = "WHICH",
        DefaultValueFactory = static _ => "both",
    };

    private readonly Option<FileInfo?> _json = new("--json")
    {
        Description = "Takes the figures, for machines; an old one is replaced at the end.",
        HelpName = "FILE",
    };

    private readonly ConnectionOptions _connection = new();

    /// <summary>Ends the help.</summary>
    public const string Example =
        """
        Without --bootstrap it runs embedded brokers, which share this machine's
        processors. With it records are written to your cluster, as fast as it takes
        them. Both clients get the same settings. Ctrl+C ends the round.
        With brokers of its own the ratio flatters this producer: librdkafka spins
        while brokers wait for a processor. Believe that of --bootstrap.

        Examples:
          rxkafka bench
          rxkafka bench --size 1000 --compression lz4 --client ours
          rxkafka bench --config client.properties --topic test --json figures.json

        Exit codes: 0 all acknowledged, 1 some failed or nothing was measured,
        2 wrong usage, 3 no connection.
        """;

    /// <summary>Makes the command.</summary>
    public static Command New(Surroundings around) => new BenchCommand().Make(around);

    private static Option<T?> Number<T>(string name, string description, string helpName, T usual)
        where T : struct => new(name) { Description = description, HelpName = helpName, DefaultValueFactory = _ => usual };

    private Command Make(Surroundings around)
    {
        var command = new Command("bench", "Measures this producer beside Confluent's, in one run.")
        {
            _topic, _partitions, _size, _seconds, _warmup, _rounds, _acks, _linger, _compression, _client, _json,
        };
        _connection.AddTo(command);
        _topic.TakesText(TopicNames.IsRight, TopicNames.Range);
        _client.TakesText(static value => value is "ours" or "confluent" or "both", "ours, confluent or both");
        _partitions.Takes(static value => value is >= 1 and <= 1000, "1 to 1000");
        _size.Takes(static value => value is >= 8 and <= 1 << 30, "8 to 1073741824 bytes");
        _seconds.Takes(static value => value is >= 0.1 and <= 3600, "0.1 to 3600");
        _warmup.Takes(static value => value is >= 0 and <= 3600, "0 to 3600");
        _rounds.Takes(static value => value is >= 1 and <= 100, "1 to 100");
        command.SetAction((parsed, _) => RunAsync(parsed, around));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Surroundings around)
    {
        var given = Given(parsed);
        var isEmbedded = !given.Any(static pair => pair.Key is "bootstrap.servers" or "metadata.broker.list");
        if (isEmbedded && given.Any(static pair => ConfluentKeys.IsProtection(pair.Key)))
        {
            throw new UsageException("Keys of TLS or SASL are given, and no cluster: give --bootstrap HOST:PORT, or leave them out.");
        }

        if (!isEmbedded && parsed.GetResult(_partitions) is { Implicit: false })
        {
            throw new UsageException("--partitions is for embedded brokers; a topic of yours has its own. Leave it out, or --bootstrap.");
        }

        var options = ConnectionOptions.Options(
            isEmbedded ? [.. given, KeyValuePair.Create("bootstrap.servers", EmbeddedServers)] : given, around);
        var plan = Plan(parsed);
        SizeLimit.Check(plan, options, isEmbedded);
        var hasConfluent = plan.Clients.Contains(ClientKind.Confluent);
        if (hasConfluent)
        {
            ConfluentClient.Check(ConfluentKeys.Of(options, given));
        }

        using var json = plan.Json is { } file ? ReplacedFile.Open(file) : null;
        await using var brokers = isEmbedded
            ? await BrokerProcess.StartAsync(plan.Topic, parsed.GetValue(_partitions).GetValueOrDefault(), around)
            : null;
        options = brokers is null ? options : options with { BootstrapServers = brokers.Servers };
        var settings = new ClientSettings(plan.Topic, options, ConfluentKeys.Of(options, hasConfluent ? given : []));
        var report = new BenchReport
        {
            Plan = plan,
            Place = await Preflight.RunAsync(plan, settings, isEmbedded, around),
            Results = await new BenchRun(plan, settings, around).RunAsync(),
            IsInterrupted = around.Stop.IsCancellationRequested,
        };
        return Tell(report, settings, json, around);
    }

    private static int Tell(BenchReport report, ClientSettings settings, ReplacedFile? json, Surroundings around)
    {
        new BenchView(report).Write(around);
        if (json is not null && (report.HasFigures || report.HasErrors))
        {
            BenchJson.Write(json.Stream, report, settings, around.Time.GetUtcNow());
            json.Replace();
        }

        return report is { HasFigures: true, HasErrors: false } ? ExitCodes.Success : ExitCodes.SomeFailed;
    }

    private List<KeyValuePair<string, string>> Given(ParseResult parsed)
    {
        var given = new List<KeyValuePair<string, string>>(_connection.Pairs(parsed));
        foreach (var (key, option) in new[] { ("acks", _acks), ("linger.ms", _linger), ("compression.type", _compression) })
        {
            if (parsed.GetValue(option) is { } value)
            {
                given.Add(KeyValuePair.Create(key, value));
            }
        }

        return given;
    }

    private BenchPlan Plan(ParseResult parsed) => new()
    {
        Topic = parsed.GetRequiredValue(_topic),
        Size = parsed.GetValue(_size).GetValueOrDefault(),
        Duration = TimeSpan.FromSeconds(parsed.GetValue(_seconds).GetValueOrDefault()),
        Warmup = TimeSpan.FromSeconds(parsed.GetValue(_warmup).GetValueOrDefault()),
        Rounds = parsed.GetValue(_rounds).GetValueOrDefault(),
        Clients = parsed.GetRequiredValue(_client) switch
        {
            "ours" => [ClientKind.Ours],
            "confluent" => [ClientKind.Confluent],
            _ => [ClientKind.Ours, ClientKind.Confluent],
        },
        Json = parsed.GetValue(_json),
    };
}
