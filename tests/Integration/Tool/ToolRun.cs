using System.Text;
using Rx.Kafka.Tool;
using Spectre.Console.Testing;

namespace Rx.Kafka.Integration.Tool;

/// <summary>What a command of <c>rxkafka</c> printed and how it ended. It runs in this process, on consoles of 80 columns.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Errors)
{
    public const int Width = 80;

    /// <summary>What a terminal shows of it.</summary>
    public string Text => Output + Errors;

    /// <summary>Runs a command to its end. No line it prints is longer than the console.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What stands in standard input.</param>
    public static Task<ToolRun> RunAsync(IReadOnlyList<string> arguments, string input = "") =>
        RunAsync(arguments, () => new MemoryStream(Encoding.UTF8.GetBytes(input)), CancellationToken.None);

    /// <inheritdoc cref="RunAsync(IReadOnlyList{string}, string)"/>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">Opens standard input.</param>
    /// <param name="stop">Ctrl+C.</param>
    /// <param name="isLive">Whether somebody looks at a screen.</param>
    public static async Task<ToolRun> RunAsync(IReadOnlyList<string> arguments, Func<Stream> input, CancellationToken stop, bool isLive = false)
    {
        using var output = new TestConsole().Width(Width);
        using var errors = new TestConsole().Width(Width);
        if (isLive)
        {
            output.Interactive().SupportsAnsi(enable: true);
        }

        var exitCode = await RxKafka.RunAsync(arguments, new Surroundings(output, errors, input, TimeProvider.System, stop));
        // A picture that is painted over is one long line here.
        Assert.All(isLive ? errors.Lines : output.Lines.Concat(errors.Lines), static line => Assert.True(line.Length <= Width, $"{line.Length} columns: {line}"));
        return new ToolRun(exitCode, output.Output, errors.Output);
    }

    /// <summary>Words in the order given, whatever blanks and ends of lines stand between them.</summary>
    public static string Flat(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
