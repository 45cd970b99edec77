namespace Rx.Kafka.Integration;

/// <summary>Which programs there are.</summary>
internal static class Programs
{
    /// <summary>Whether a program can be run by its name.</summary>
    /// <param name="name">The name.</param>
    public static bool IsOnPath(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name)));
}
