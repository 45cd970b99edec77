using System.Diagnostics;

namespace Rx.Kafka.Integration;

/// <summary>What a program printed and how it ended.</summary>
internal sealed record Command(int ExitCode, string Output, string Errors)
{
    /// <summary>Runs a program to its end, or ends it with everything it started when it takes longer than <paramref name="patience"/>.</summary>
    /// <param name="program">Which.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="patience">The longest it may take.</param>
    /// <param name="input">Writes what it reads.</param>
    /// <param name="line">Takes each line it prints, for output that is too long to keep; <see cref="Output"/> is then empty.</param>
    /// <param name="variables">Added to the environment.</param>
    public static async Task<Command> RunAsync(
        string program,
        IEnumerable<string> arguments,
        TimeSpan patience,
        Func<TextWriter, Task>? input = null,
        Action<string>? line = null,
        IReadOnlyDictionary<string, string>? variables = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in variables ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        using var deadline = new CancellationTokenSource(patience);
        var output = line is null ? process.StandardOutput.ReadToEndAsync(deadline.Token) : ReadLinesAsync(process.StandardOutput, line, deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await FeedAsync(process, input).WaitAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return new(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} took longer than {patience}.", late);
        }
    }

    private static async Task<string> ReadLinesAsync(StreamReader output, Action<string> line, CancellationToken ended)
    {
        while (await output.ReadLineAsync(ended) is { } read)
        {
            line(read);
        }

        return "";
    }

    private static async Task FeedAsync(Process process, Func<TextWriter, Task>? input)
    {
        try
        {
            if (input is not null)
            {
                await input(process.StandardInput);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading all of it; its exit code and what it printed say why.
        }
    }
}
