using System.CommandLine;
using Rx.Kafka.Tool.Connecting;
using Rx.Kafka.Tool.Showing;
using Spectre.Console;

namespace Rx.Kafka.Tool.Doctor;

/// <summary>The command line of <c>doctor</c>.</summary>
internal sealed class DoctorCommand
{
    private readonly Option<string?> _topic = new("--topic", "-t") { Description = "Look at this topic, too.", HelpName = "NAME" };

    private readonly Option<bool> _send = new("--send") { Description = "Send one record to the topic: it stays there." };

    private readonly Option<double> _timeout = new("--timeout")
    {
        Description = "How long a step may take.",
        HelpName = "SECONDS",
        DefaultValueFactory = static _ => 10,
    };

    private readonly ConnectionOptions _connection = new();

    /// <summary>Ends the help.</summary>
    public const string Example =
        """
        Example:
          rxkafka doctor --config client.properties --topic orders --send

        Exit codes: 0 all is well, 2 wrong usage, or the step where it stopped:
          10 name, 11 TCP, 12 TLS, 13 not Kafka, 14 SASL, 15 metadata, 16 a broker's
          advertised address, 17 topic, 18 record.
        """;

    /// <summary>Makes the command.</summary>
    public static Command New(Surroundings around) => new DoctorCommand().Make(around);

    private Command Make(Surroundings around)
    {
        var command = new Command("doctor", "Connects step by step, says where it stops and what to do.")
        {
            _topic, _send, _timeout,
        };
        _connection.AddTo(command);
        _topic.TakesText(TopicNames.IsRight, TopicNames.Range);
        _timeout.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= 3600))
            {
                result.AddError("--timeout takes more than 0 and at most 3600 seconds.");
            }
        });
        command.SetAction((parsed, _) => RunAsync(parsed, around));
        return command;
    }

    /// <summary>
    /// The producer gives up before the step does, for it can say more. Without acknowledgements nobody would hear of a refusal.
    /// </summary>
    private static KafkaProducerOptions Hurried(KafkaProducerOptions options, TimeSpan patience) => options with
    {
        RequiredAcks = options.RequiredAcks == RequiredAcks.None ? RequiredAcks.Leader : options.RequiredAcks,
        Linger = TimeSpan.Zero,
        RequestTimeout = patience * 0.8,
        DeliveryTimeout = patience * 0.9,
        MaxBlock = patience * 0.9,
    };

    private async Task<int> RunAsync(ParseResult parsed, Surroundings around)
    {
        var options = _connection.Read(parsed, around);
        var topic = parsed.GetValue(_topic);
        var sends = parsed.GetValue(_send);
        if (sends && topic is null)
        {
            throw new UsageException("--send needs --topic NAME.");
        }

        var patience = TimeSpan.FromSeconds(parsed.GetValue(_timeout));
        var bedside = new Bedside(around, new Report(around.Out), patience);
        ProducerStatus? cluster = null;
        foreach (var server in options.BootstrapServers.Select(Server.Of))
        {
            bedside.Begin(server.Text);
            await using var examination = new ServerExamination(server, options, bedside);
            cluster = await examination.RunAsync() ?? cluster;
        }

        if (cluster is not null)
        {
            bedside.Begin($"cluster {cluster.ClusterId}");
            var clusterwide = new ClusterExamination(Hurried(options, patience), bedside);
            if (await clusterwide.BrokersAsync(cluster.ClusterBrokers) && topic is not null)
            {
                await clusterwide.TopicAsync(topic, sends);
            }
        }

        around.Out.WriteLine();
        around.Out.Tell(
            bedside.Stopped is null ? "All is well." : "Something is not well: see above.",
            new Style(bedside.Stopped is null ? Color.Green : Color.Red));
        return bedside.Stopped is { } stopped ? (int)stopped : ExitCodes.Success;
    }
}
