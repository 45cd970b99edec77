using System.Diagnostics;

namespace Rx.Kafka.Integration.RealKafka;

/// <summary>The administrator's commands of the <c>kafka</c> script in one process (<c>kafka ctl -</c>): each takes some milliseconds instead of a second. One caller at a time.</summary>
internal sealed class Administrator : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TimeSpan _patience;

    /// <summary>Starts it.</summary>
    /// <param name="script">The script.</param>
    /// <param name="cluster">The cluster's name.</param>
    /// <param name="patience">The longest that a command may take.</param>
    public Administrator(string script, string cluster, TimeSpan patience)
    {
        _patience = patience;
        _process = Process.Start(new ProcessStartInfo(script, ["--name", cluster, "ctl", "-"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException($"{script} did not start.");
    }

    /// <summary>Runs a command; fails when it does.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> RunAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        using var deadline = new CancellationTokenSource(_patience);
        var printed = new List<string>();
        while (await _process.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line == "OK")
            {
                return string.Join('\n', printed);
            }

            printed.Add(line);
            if (line.StartsWith("ERR ", StringComparison.Ordinal))
            {
                break;
            }
        }

        throw new InvalidOperationException($"kafka {command}: {string.Join('\n', printed)}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(_patience);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
