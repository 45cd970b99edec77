using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Rx.Kafka.Tool.Bench;

/// <summary>Embedded brokers in a process of their own (<c>rxkafka broker</c>), so that what is measured is a client's alone.</summary>
internal sealed class BrokerProcess : IAsyncDisposable
{
    public const int Brokers = 3;
    private const string FirstWords = "bootstrap.servers=";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly Task _reading;

    private BrokerProcess(Process process, string servers, TimeProvider time)
    {
        _process = process;
        _time = time;
        Servers = servers.Split(',');
        // A full pipe would hold up the brokers.
        _reading = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    /// <summary>Where they are.</summary>
    public IList<string> Servers { get; }

    /// <summary>Starts brokers that keep nothing and have one topic.</summary>
    /// <exception cref="KafkaException">They do not start.</exception>
    public static async Task<BrokerProcess> StartAsync(string topic, int partitions, Surroundings around)
    {
        var process = Start(topic, partitions);
        using var limit = new CancellationTokenSource(Patience, around.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, around.Stop);
        try
        {
            if (await process.StandardOutput.ReadLineAsync(either.Token) is { } line
                && line.StartsWith(FirstWords, StringComparison.Ordinal))
            {
                return new BrokerProcess(process, line[FirstWords.Length..], around.Time);
            }

            throw new KafkaException($"The embedded brokers did not start: {await process.StandardError.ReadToEndAsync(either.Token)}");
        }
        catch (Exception fault)
        {
            Kill(process);
            throw fault is OperationCanceledException
                ? new KafkaException($"The embedded brokers did not start within {Patience.TotalSeconds} s, or were stopped.", fault)
                : fault;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close(); // ends them
            await Task.WhenAll(_process.WaitForExitAsync(), _reading).WaitAsync(Patience, _time);
            _process.Dispose();
        }
        catch (Exception fault) when (fault is IOException or TimeoutException)
        {
            Kill(_process);
        }
    }

    private static Process Start(string topic, int partitions)
    {
        // A tool may run under a launcher of its own name; the runtime's host is where the runtime is.
        var host = Path.Combine(
            RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        var start = new ProcessStartInfo(host)
        {
            ArgumentList =
            {
                typeof(BrokerProcess).Assembly.Location,
                "broker",
                "--port", "0",
                "--brokers", Brokers.ToString(CultureInfo.InvariantCulture),
                "--topic", string.Create(CultureInfo.InvariantCulture, $"{topic}:{partitions}"),
                "--retention-bytes", "0",
                "--until-input-ends",
            },
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start) ?? throw new KafkaException($"The embedded brokers did not start: {host} is no program.");
        }
        catch (Win32Exception fault)
        {
            throw new KafkaException($"The embedded brokers cannot be started by {host}: {fault.Message}. Give --bootstrap.", fault);
        }
    }

    private static void Kill(Process process)
    {
        process.Kill(entireProcessTree: true);
        process.Dispose();
    }
}
