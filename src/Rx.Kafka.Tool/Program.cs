using System.Runtime.InteropServices;
using Spectre.Console;

namespace Rx.Kafka.Tool;

/// <summary>The process: its terminal, its signals, its clock. The only file that knows them.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        return await RxKafka.RunAsync(arguments, new Surroundings(
            AnsiConsole.Console,
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }),
            Console.OpenStandardInput,
            TimeProvider.System,
            stop.Token));

        // The first signal ends in order, the second one at once.
        void End(PosixSignalContext signal)
        {
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }
}
