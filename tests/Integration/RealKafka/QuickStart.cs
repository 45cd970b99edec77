namespace Rx.Kafka.Integration.RealKafka;

/// <summary>Runs the sample as its users do: as a process of its own.</summary>
internal static class QuickStart
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static Task<Command> RunAsync(string servers, string topic, string file, Func<TextWriter, Task>? input = null) => Command.RunAsync(
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
        [Path.Combine(AppContext.BaseDirectory, "QuickStart.dll"), "--bootstrap", servers, "--topic", topic, "--file", file, "--key-field", "1"],
        Patience,
        input);

    /// <summary>Publishes the million lines and lets Kafka look at what has arrived.</summary>
    public static async Task PublishesEachLineOnceAsync(Cluster cluster, string file, Func<TextWriter, Task>? input = null)
    {
        var topic = await cluster.CreateTopicAsync(partitions: 16);
        var published = await RunAsync(cluster.Servers, topic, file, input);
        Assert.True(published.ExitCode == 0, $"{published.Output}{published.Errors}");
        Assert.EndsWith($"acknowledged {LinesFile.Lines} of {LinesFile.Lines} records\n", published.Output, StringComparison.Ordinal);
        await cluster.CheckLinesAsync(topic);
    }
}
