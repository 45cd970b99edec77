using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Rx.Kafka.Hosting;

/// <summary>What a registered producer is made of in the container.</summary>
internal static class ProducerServices
{
    public static void Add(IServiceCollection services, ProducerRegistration registration)
    {
        var name = registration.Name;
        services.AddSingleton(registration);
        if (services.Any(service => service.ServiceType == typeof(ProducerSlot) && Equals(service.ServiceKey, name)))
        {
            return;
        }

        services.AddOptions<KafkaProducerOptions>(name).ValidateOnStart();
        services.TryAddSingleton<IOptionsFactory<KafkaProducerOptions>, ProducerOptionsFactory>();
        services.AddKeyedSingleton(name, (provider, _) => new ProducerSlot(provider, name));
        if (name.Length == 0)
        {
            services.TryAddSingleton(static provider => provider.GetRequiredKeyedService<ProducerSlot>(string.Empty).Make());
            services.TryAddSingleton<IKafkaProducer>(static provider => new SharedProducer(provider.GetRequiredService<KafkaProducer>()));
        }
        else
        {
            services.TryAddKeyedSingleton(name, static (provider, key) => provider.GetRequiredKeyedService<ProducerSlot>(key).Make());
            services.TryAddKeyedSingleton<IKafkaProducer>(
                name, static (provider, key) => new SharedProducer(provider.GetRequiredKeyedService<KafkaProducer>(key)));
        }

        services.AddSingleton<IHostedService>(provider =>
            new ProducerDrain(provider.GetRequiredKeyedService<ProducerSlot>(name), HostingLog.LoggerOf(provider)));
    }

    /// <summary>The producer of a name; null and empty = the unnamed one.</summary>
    /// <exception cref="InvalidOperationException">None of that name was registered.</exception>
    public static KafkaProducer Find(IServiceProvider services, string? name) =>
        (string.IsNullOrEmpty(name) ? services.GetService<KafkaProducer>() : services.GetKeyedService<KafkaProducer>(name))
        ?? throw NotFound(name);

    /// <summary>Its slot, without making it.</summary>
    /// <inheritdoc cref="Find"/>
    public static ProducerSlot FindSlot(IServiceProvider services, string? name) =>
        services.GetKeyedService<ProducerSlot>(name ?? string.Empty) ?? throw NotFound(name);

    /// <summary>How long its dispose may take; of a producer that the application registered by itself, the default.</summary>
    public static TimeSpan CloseTimeoutOf(IServiceProvider services, string? name) =>
        services.GetKeyedService<ProducerSlot>(name ?? string.Empty)?.CloseTimeout ?? new KafkaProducerOptions().CloseTimeout;

    private static InvalidOperationException NotFound(string? name) => new(string.IsNullOrEmpty(name)
        ? "No unnamed Kafka producer was registered: call services.AddKafkaProducer(), or name one that was."
        : $"No Kafka producer '{name}' was registered: call services.AddKafkaProducer(\"{name}\").");
}
