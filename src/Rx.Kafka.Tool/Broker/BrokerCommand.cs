using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using Rx.Kafka.Testing;
using Rx.Kafka.Tool.Showing;
using Spectre.Console;

namespace Rx.Kafka.Tool.Broker;

/// <summary>The command line of <c>broker</c>.</summary>
internal sealed class BrokerCommand
{
    private const int MostBrokers = 100;
    private const int MostPartitions = 10_000;
    private const long DefaultLogBytes = 64L << 20;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly Option<int?> _port = new("--port", "-p")
    {
        Description = "Port of the first broker, the others follow; 0 = any.",
        HelpName = "PORT",
        DefaultValueFactory = static _ => 9092,
    };

    private readonly Option<int?> _brokers = new("--brokers")
    {
        Description = "How many.",
        HelpName = "N",
        DefaultValueFactory = static _ => 1,
    };

    private readonly Option<string[]> _topics = new("--topic", "-t")
    {
        Description = "A topic to begin with. May be repeated; other topics are made when a client asks.",
        HelpName = "NAME:PARTITIONS",
        DefaultValueFactory = static _ => [],
    };

    private readonly Option<int?> _partitions = new("--partitions")
    {
        Description = "Partitions of a topic that a client asks for.",
        HelpName = "N",
        DefaultValueFactory = static _ => 1,
    };

    private readonly Option<long?> _logBytes = new("--retention-bytes")
    {
        Description = "What a partition's log keeps in memory; 0 = nothing is kept.",
        HelpName = "BYTES",
        DefaultValueFactory = static _ => DefaultLogBytes,
    };

    private readonly Option<bool> _untilInputEnds = new("--until-input-ends")
    {
        Description = "End when standard input does, and not by Ctrl+C: for programs that run brokers.",
    };

    /// <summary>Ends the help.</summary>
    public const string Example =
        """
        Logs are kept in memory. Consumers may join groups (group.protocol=classic);
        their offsets are kept while the brokers run.

        Example:
          rxkafka broker --port 9092 --brokers 3 --topic orders:6
        """;

    /// <summary>Makes the command.</summary>
    public static Command New(Surroundings around) => new BrokerCommand().Make(around);

    private Command Make(Surroundings around)
    {
        var command = new Command("broker", "Runs brokers on 127.0.0.1 for tests of any client. Ctrl+C ends them.")
        {
            _port, _brokers, _topics, _partitions, _logBytes, _untilInputEnds,
        };
        _port.Takes(static value => value is >= 0 and <= 65535, "0 to 65535");
        _brokers.Takes(static value => value is >= 1 and <= MostBrokers, $"1 to {MostBrokers}");
        _partitions.Takes(static value => value is >= 1 and <= MostPartitions, $"1 to {MostPartitions}");
        _topics.TakesText(
            static text => Topic(text).Partitions is >= 1 and <= MostPartitions,
            $"NAME or NAME:PARTITIONS with 1 to {MostPartitions} partitions");
        _topics.TakesText(static text => TopicNames.IsRight(Topic(text).Name), TopicNames.Range);
        _logBytes.Takes(static value => value >= 0, "at least 0 bytes");
        command.SetAction((parsed, _) => RunAsync(Plan(parsed), around));
        return command;
    }

    private BrokerPlan Plan(ParseResult parsed)
    {
        var plan = new BrokerPlan
        {
            Port = parsed.GetValue(_port).GetValueOrDefault(),
            Brokers = parsed.GetValue(_brokers).GetValueOrDefault(),
            Topics = [.. (parsed.GetValue(_topics) ?? []).Select(Topic)],
            DefaultPartitions = parsed.GetValue(_partitions).GetValueOrDefault(),
            LogBytes = parsed.GetValue(_logBytes).GetValueOrDefault(),
            UntilInputEnds = parsed.GetValue(_untilInputEnds),
        };
        return plan.Port + plan.Brokers <= 65536
            ? plan
            : throw new UsageException($"There are no {plan.Brokers} ports from {plan.Port} on: lower --port or --brokers.");
    }

    private static (string Name, int Partitions) Topic(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon < 0 ? (text, 1)
            : (text[..colon], int.TryParse(text.AsSpan(colon + 1), CultureInfo.InvariantCulture, out var count) ? count : 0);
    }

    private static async Task<int> RunAsync(BrokerPlan plan, Surroundings around)
    {
        await using var kafka = await StartAsync(plan);
        var arrivals = new Arrivals();
        kafka.RequestReceived = arrivals.Add;
        try
        {
            foreach (var (name, partitions) in plan.Topics)
            {
                kafka.CreateTopic(name, partitions);
            }
        }
        catch (ArgumentException fault)
        {
            throw new UsageException(FaultText.Of(fault), fault);
        }

        around.Out.Tell($"bootstrap.servers={string.Join(',', kafka.BootstrapServers)}", new Style(Color.Green));
        around.Out.Tell(plan.UntilInputEnds ? "They end when standard input does." : "Ctrl+C ends them.", new Style(Color.Grey));
        using var timer = new PeriodicTimer(Tick, around.Time);
        using var inputEnd = new CancellationTokenSource();
        if (plan.UntilInputEnds)
        {
            _ = InputEndAsync(around, inputEnd.Cancel);
        }

        try
        {
            while (await timer.WaitForNextTickAsync(plan.UntilInputEnds ? inputEnd.Token : around.Stop))
            {
                Tell(arrivals, around);
            }
        }
        catch (OperationCanceledException)
        {
            Tell(arrivals, around);
            var seen = kafka.Counters;
            around.Out.Tell($"{Amounts.Count(seen.Records)} records in {Amounts.Count(seen.Batches)} batches came in all.");
        }

        return ExitCodes.Success;
    }

    // A console's input blocks its reader, and the brokers need the pool's threads.
    private static Task InputEndAsync(Surroundings around, Action end) => Task.Factory.StartNew(
        () =>
        {
            using var input = around.OpenInput();
            Span<byte> unread = stackalloc byte[256];
            while (input.Read(unread) > 0)
            {
                // What it says means nothing.
            }

            end();
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static void Tell(Arrivals arrivals, Surroundings around)
    {
        foreach (var line in arrivals.Take())
        {
            around.Out.Tell(line);
        }
    }

    private static async Task<EmbeddedKafka> StartAsync(BrokerPlan plan)
    {
        try
        {
            return await EmbeddedKafka.StartAsync(plan.Brokers, new EmbeddedKafkaOptions
            {
                Ports = [.. Enumerable.Range(0, plan.Brokers).Select(index => plan.Port == 0 ? 0 : plan.Port + index)],
                DefaultPartitions = plan.DefaultPartitions,
                LogBytesPerPartition = plan.LogBytes,
            });
        }
        catch (SocketException fault)
        {
            throw new UsageException(
                $"The brokers cannot listen on port {plan.Port} and those after it: {fault.Message}. "
                + "Choose another one, or --port 0.",
                fault);
        }
    }
}
