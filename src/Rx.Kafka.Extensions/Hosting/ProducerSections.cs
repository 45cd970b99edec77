using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Rx.Kafka.Hosting;

/// <summary>Where producers look for their options in an application's configuration.</summary>
internal static class ProducerSections
{
    /// <summary>The section of a producer for which none was named.</summary>
    public static string DefaultOf(string name) => name.Length == 0 ? "Kafka:Producer" : $"Kafka:Producers:{name}";

    /// <summary>
    /// Of a section that is not there, whether the one that should hold it has the options: one sentence with the remedy. Null = no.
    /// </summary>
    public static string? Misplaced(IServiceProvider services, string path)
    {
        var end = path.LastIndexOf(ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);
        if (end < 0 || services.GetService<IConfiguration>() is not { } configuration || configuration.GetSection(path).Exists())
        {
            return null;
        }

        var outer = configuration.GetSection(path[..end]);
        return outer.GetChildren().Any(static child => IsServers(child.Key))
            ? $"The configuration has no section '{path}', but '{outer.Path}' has bootstrap servers: put the options into '{path}', "
                + $"or name the section where they are, AddKafkaProducer(section: \"{outer.Path}\")."
            : null;
    }

    private static bool IsServers(string key) =>
        key.Replace(".", string.Empty, StringComparison.Ordinal).Replace("_", string.Empty, StringComparison.Ordinal)
            .Equals(nameof(KafkaProducerOptions.BootstrapServers), StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a section that may be missing: code can say all that is needed.</summary>
    public static KafkaProducerOptions ReadIfThere(IServiceProvider services, string path) =>
        services.GetService<IConfiguration>()?.GetSection(path) is { } section && section.Exists()
            ? KafkaProducerOptions.FromConfiguration(section)
            : new KafkaProducerOptions();

    /// <summary>Reads a section that was named.</summary>
    /// <exception cref="ArgumentException">It is not there, or has faults.</exception>
    public static KafkaProducerOptions Read(IServiceProvider services, string path) =>
        KafkaProducerOptions.FromConfiguration(services.GetRequiredService<IConfiguration>().GetSection(path));
}
