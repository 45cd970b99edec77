using System.CommandLine;
using System.CommandLine.Help;
using Rx.Kafka.Tool.Bench;
using Rx.Kafka.Tool.Broker;
using Rx.Kafka.Tool.Doctor;
using Rx.Kafka.Tool.Produce;
using Rx.Kafka.Tool.Showing;
using Rx.Kafka.Tool.Top;

namespace Rx.Kafka.Tool;

/// <summary>The tool: from a command line to an exit code.</summary>
internal static class RxKafka
{
    private const int HelpWidth = 80;

    /// <summary>Runs one command line to its end.</summary>
    /// <param name="arguments">As the shell gave them.</param>
    /// <param name="around">The terminal, or a test's.</param>
    /// <returns>One of <see cref="ExitCodes"/>, or of <see cref="Checkpoint"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings around)
    {
        var parsed = NewRoot(around).Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                around.Errors.Tell(error.Message);
            }

            around.Errors.Tell($"See: rxkafka {NameOf(parsed)}--help");
            return ExitCodes.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = around.Out.Profile.Out.Writer,
                Error = around.Errors.Profile.Out.Writer,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // Stop is ours
            });
        }
        catch (UsageException fault)
        {
            around.Errors.Tell(fault.Message);
            return ExitCodes.Usage;
        }
        catch (KafkaException fault)
        {
            around.Errors.Tell(fault.Message);
            return ExitCodes.NoConnection;
        }
    }

    private static RootCommand NewRoot(Surroundings around)
    {
        var commands = new Dictionary<Command, string>
        {
            [ProduceCommand.New(around)] = ProduceCommand.Example,
            [DoctorCommand.New(around)] = DoctorCommand.Example,
            [BrokerCommand.New(around)] = BrokerCommand.Example,
            [TopCommand.New(around)] = TopCommand.Example,
            [BenchCommand.New(around)] = BenchCommand.Example,
        };
        var root = new RootCommand("Kafka from the command line. Each command has a --help with an example.");
        foreach (var command in commands.Keys)
        {
            root.Add(command);
        }

        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExample(new HelpAction { MaxWidth = HelpWidth }, commands);
        }

        return root;
    }

    private static string NameOf(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? string.Empty : parsed.CommandResult.Command.Name + " ";
}
