using System.Diagnostics;
using System.Text;

namespace Rx.Kafka.Integration.Embedded;

/// <summary>Runs kcat, a client of librdkafka: a peer that shares nothing with this project.</summary>
internal static class Kcat
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(System.IO.Path.PathSeparator)
        .SelectMany(static folder => new[] { System.IO.Path.Combine(folder, "kcat"), System.IO.Path.Combine(folder, "kafkacat") })
        .FirstOrDefault(File.Exists);

    public static async Task<string> RunAsync(string? input, params string[] arguments)
    {
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(Path!, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }

        Assert.True(process.HasExited && process.ExitCode == 0, $"kcat {string.Join(' ', arguments)}: {await errors}");
        return await output;
    }
}
