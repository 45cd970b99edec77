using Microsoft.Extensions.Configuration;

namespace Rx.Kafka.Hosting;

/// <summary>Where Aspire's conventions put what a producer needs: a connection string by name, and two sections of settings.</summary>
internal static class AspireSections
{
    private const string General = "Aspire:Rx:Kafka:Producer";

    /// <summary>The settings as they are when the application is built.</summary>
    /// <exception cref="FormatException">A switch is neither true nor false.</exception>
    public static RxKafkaProducerSettings Settings(IConfiguration configuration, string name) => new()
    {
        ConnectionString = ConnectionString(configuration, name),
        DisableHealthChecks = Switch(configuration, name, nameof(RxKafkaProducerSettings.DisableHealthChecks)),
        DisableTracing = Switch(configuration, name, nameof(RxKafkaProducerSettings.DisableTracing)),
        DisableMetrics = Switch(configuration, name, nameof(RxKafkaProducerSettings.DisableMetrics)),
    };

    public static string? ConnectionString(IConfiguration configuration, string name) =>
        NotBlank(configuration.GetConnectionString(name))
        ?? NotBlank(Value(configuration, name, nameof(RxKafkaProducerSettings.ConnectionString)).Text);

    /// <summary>The producer's options.</summary>
    /// <exception cref="ArgumentException">They have faults, or nothing says where the brokers are.</exception>
    public static KafkaProducerOptions Options(IConfiguration configuration, string name, string? connectionString)
    {
        var named = configuration.GetSection($"{General}:{name}:Config");
        var overridden = named.GetChildren().Select(static key => Plain(key.Key)).ToHashSet(StringComparer.Ordinal);
        var general = configuration.GetSection($"{General}:Config").AsEnumerable(makePathsRelative: true);
        var both = new ConfigurationBuilder()
            .AddInMemoryCollection(general.Where(pair => !overridden.Contains(Plain(pair.Key.Split(':')[0]))))
            .AddInMemoryCollection(named.AsEnumerable(makePathsRelative: true))
            .Build();
        var options = KafkaProducerOptions.FromConfiguration(both);
        if (connectionString is not null)
        {
            options.BootstrapServers = connectionString.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        }

        return options.BootstrapServers.Count > 0 ? options : throw new ArgumentException(
            $"Nothing says where the brokers of '{name}' are: set ConnectionStrings:{name} to host:port, or "
                + $"{General}:Config:BootstrapServers.",
            nameof(configuration));
    }

    private static bool Switch(IConfiguration configuration, string name, string setting)
    {
        var (text, path) = Value(configuration, name, setting);
        return string.IsNullOrWhiteSpace(text) ? false
            : bool.TryParse(text, out var value) ? value
            : throw new FormatException($"{path} is '{text}'; write true or false.");
    }

    private static (string? Text, string Path) Value(IConfiguration configuration, string name, string setting)
    {
        var path = $"{General}:{name}:{setting}";
        return configuration[path] is { } text ? (text, path) : (configuration[$"{General}:{setting}"], $"{General}:{setting}");
    }

    /// <summary>LingerMs and linger.ms are one key, and a list is one value.</summary>
    private static string Plain(string key) =>
        string.Concat(key.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    private static string? NotBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
