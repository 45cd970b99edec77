using System.CommandLine;
using System.Threading.Channels;
using Microsoft.Diagnostics.NETCore.Client;
using Rx.Kafka.Tool.Showing;

namespace Rx.Kafka.Tool.Top;

/// <summary>The command line of <c>top</c>.</summary>
internal sealed class TopCommand
{
    /// <summary>For the other process to answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Argument<string?> _process = new("PROCESS")
    {
        Description = "A process id, or a part of a process' name; none = list the processes.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<int?> _rounds = new("--rounds", "-n")
    {
        Description = "End after so many looks, one a second.",
        HelpName = "N",
    };

    /// <summary>Ends the help.</summary>
    public const string Example =
        """
        The process must be yours and use Rx.Kafka.Producer; nothing needs to be
        switched on there. Ctrl+C ends.

        Example:
          rxkafka top my-service

        Exit codes: 0 ended, 2 wrong usage, 3 no such process, or it measures nothing.
        """;

    /// <summary>Makes the command.</summary>
    public static Command New(Surroundings around) => new TopCommand().Make(around);

    private Command Make(Surroundings around)
    {
        var command = new Command("top", "Watches the producers of another .NET process, once a second.")
        {
            _process, _rounds,
        };
        _rounds.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1)
            {
                result.AddError("--rounds takes at least 1.");
            }
        });
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(_process), parsed.GetValue(_rounds) ?? int.MaxValue, around));
        return command;
    }

    private static async Task<int> RunAsync(string? which, int rounds, Surroundings around)
    {
        if (which is null)
        {
            foreach (var (id, name) in Processes.All())
            {
                around.Out.Tell($"{id,8} {name}");
            }

            return ExitCodes.Success;
        }

        if (Processes.Find(which) is not { } process)
        {
            around.Errors.Tell($"No .NET process of yours is called '{which}'. {Processes.Running()}");
            return ExitCodes.NoConnection;
        }

        try
        {
            await using var feed = await OpenAsync(process.Id, around);
            var screen = new TopScreen($"{process.Name} ({process.Id})", around);
            return await screen.RunAsync(feed.Rounds, rounds);
        }
        catch (ServerNotAvailableException)
        {
            around.Errors.Tell($"There is no .NET process {process.Id} of yours. 'rxkafka top' lists those that there are.");
            return ExitCodes.NoConnection;
        }
        catch (OperationCanceledException) when (around.Stop.IsCancellationRequested)
        {
            return ExitCodes.Success;
        }
        catch (OperationCanceledException)
        {
            around.Errors.Tell($"Process {process.Id} does not answer within {Patience.TotalSeconds} s. Is it paused, or hung?");
            return ExitCodes.NoConnection;
        }
        catch (Exception fault) when (fault is IOException or ChannelClosedException or DiagnosticsClientException)
        {
            around.Errors.Tell(fault.Message);
            return ExitCodes.NoConnection;
        }
    }

    private static async Task<MeterFeed> OpenAsync(int process, Surroundings around)
    {
        using var patience = new CancellationTokenSource(Patience, around.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, around.Stop);
        return await MeterFeed.OpenAsync(process, around.Time, either.Token);
    }
}
