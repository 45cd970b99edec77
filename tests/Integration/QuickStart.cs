namespace Rx.Kafka.Integration;

/// <summary>Runs the sample as its users do: as a process of its own.</summary>
internal static class QuickStart
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static Task<Command> RunAsync(IEnumerable<string> arguments, Func<TextWriter, Task>? input = null, IReadOnlyDictionary<string, string>? variables = null) => Command.RunAsync(
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
        [Path.Combine(AppContext.BaseDirectory, "QuickStart.dll"), .. arguments],
        Patience,
        input,
        variables: variables);
}
