namespace Rx.Kafka.Integration.RealKafka;

/// <summary>Where real brokers come from: the directory of the <c>kafka</c> script that starts and reads them, or a cluster that runs already.</summary>
internal static class Environs
{
    public const string HomeVariable = "KAFKA_HOME";

    public const string ServersVariable = "KAFKA_BOOTSTRAP_SERVERS";

    /// <summary>The script, or null.</summary>
    public static string? Script { get; } = FindScript();

    /// <summary>The addresses of a cluster that runs already, or null.</summary>
    public static string? Servers { get; } = Environment.GetEnvironmentVariable(ServersVariable) is { Length: > 0 } servers ? servers : null;

    private static string? FindScript()
    {
        var home = Environment.GetEnvironmentVariable(HomeVariable);
        var script = string.IsNullOrEmpty(home) ? null : Path.Combine(home, "kafka");
        return script is not null && File.Exists(script) ? script : null;
    }
}
