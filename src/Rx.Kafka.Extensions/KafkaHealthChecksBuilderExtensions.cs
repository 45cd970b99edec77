using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rx.Kafka;
using Rx.Kafka.Health;
using Rx.Kafka.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Health of producers.</summary>
public static class KafkaHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check that looks at a producer of AddKafkaProducer. It makes no client, asks no broker and does not make the producer: one
    /// that nobody has used is healthy, and so is one that is idle. It is degraded or unhealthy when records do not come through, or
    /// callers wait; its data has what was seen. A name that no producer was registered with is unhealthy at each look.
    /// </summary>
    /// <param name="builder">The application's checks.</param>
    /// <param name="producer">The producer's name. Default null: the unnamed one.</param>
    /// <param name="options">The check's name, tags and thresholds. Default null: those of <see cref="KafkaHealthOptions"/>.</param>
    /// <returns>The checks.</returns>
    /// <exception cref="ArgumentException">A threshold is out of its range; the text names every fault.</exception>
    public static IHealthChecksBuilder AddKafkaProducer(
        this IHealthChecksBuilder builder, string? producer = null, KafkaHealthOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(Registration(builder.Services, producer, options));
    }

    /// <summary>The same by default: a check of that name which the application adds by itself, before or after, takes its place.</summary>
    internal static void AddKafkaProducerByDefault(this IHealthChecksBuilder builder, string? producer)
    {
        var registration = Registration(builder.Services, producer, options: null);
        builder.Services.PostConfigure<HealthCheckServiceOptions>(checks =>
        {
            if (!checks.Registrations.Any(one => string.Equals(one.Name, registration.Name, StringComparison.OrdinalIgnoreCase)))
            {
                checks.Registrations.Add(registration);
            }
        });
    }

    private static HealthCheckRegistration Registration(IServiceCollection services, string? producer, KafkaHealthOptions? options)
    {
        options ??= new KafkaHealthOptions();
        if (options.Faults() is { Count: > 0 } faults)
        {
            throw new ArgumentException($"The health check's options have faults: {string.Join("; ", faults)}.", nameof(options));
        }

        // Its state outlives a look, so the container keeps it.
        var key = new object();
        services.AddKeyedSingleton(key, (provider, _) =>
            new ProducerHealthCheck(() => ProducerServices.FindSlot(provider, producer), options, HostClock.Of(provider)));
        var name = options.Name ?? (string.IsNullOrEmpty(producer) ? "kafka-producer" : $"kafka-producer-{producer}");
        return new HealthCheckRegistration(
            name, provider => provider.GetRequiredKeyedService<ProducerHealthCheck>(key), options.FailureStatus, options.Tags);
    }
}
