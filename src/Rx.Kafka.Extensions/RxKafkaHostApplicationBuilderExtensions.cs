using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Rx.Kafka;
using Rx.Kafka.Hosting;

namespace Microsoft.Extensions.Hosting;

/// <summary>Producers by Aspire's conventions: a connection by name, with health and telemetry.</summary>
public static class RxKafkaHostApplicationBuilderExtensions
{
    private const string Telemetry = "Rx.Kafka.Producer";

    /// <summary>
    /// Adds the producer of the application, with its health check and, in an application that has OpenTelemetry, its metrics and traces.
    /// Its brokers are those of <c>ConnectionStrings:NAME</c>, as Aspire hands them; its options are in
    /// <c>Aspire:Rx:Kafka:Producer:Config</c> and <c>Aspire:Rx:Kafka:Producer:NAME:Config</c>.
    /// </summary>
    /// <param name="builder">The application's builder.</param>
    /// <param name="connectionName">The connection's name, such as <c>messaging</c>.</param>
    /// <param name="configureSettings">Changes the settings that were read. Default null: they stay.</param>
    /// <param name="configure">Gets the container and the options, and returns those to use. Default null: they stay.</param>
    /// <exception cref="FormatException">A switch of the settings is neither true nor false.</exception>
    /// <exception cref="ArgumentException">The connection's name is empty.</exception>
    public static void AddRxKafkaProducer(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<RxKafkaProducerSettings>? configureSettings = null,
        Func<IServiceProvider, KafkaProducerOptions, KafkaProducerOptions>? configure = null) =>
        Add(builder, connectionName, new ProducerRegistration(string.Empty) { Configure = configure }, configureSettings);

    /// <summary>
    /// The same for one producer of several: the connection's name is its service key too
    /// (<c>[FromKeyedServices("messaging")] KafkaProducer</c>).
    /// </summary>
    /// <inheritdoc cref="AddRxKafkaProducer"/>
    public static void AddKeyedRxKafkaProducer(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<RxKafkaProducerSettings>? configureSettings = null,
        Func<IServiceProvider, KafkaProducerOptions, KafkaProducerOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionName);
        Add(builder, connectionName, new ProducerRegistration(connectionName) { Configure = configure }, configureSettings);
    }

    private static void Add(
        IHostApplicationBuilder builder,
        string connection,
        ProducerRegistration registration,
        Action<RxKafkaProducerSettings>? configureSettings)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connection);
        var settings = AspireSections.Settings(builder.Configuration, connection);
        var read = settings.ConnectionString;
        configureSettings?.Invoke(settings);

        // What code has set stays; else what the configuration says when the producer is made, for tests change it late.
        var set = string.Equals(settings.ConnectionString, read, StringComparison.Ordinal) ? null : settings.ConnectionString;
        ProducerServices.Add(builder.Services, registration with
        {
            Read = services =>
            {
                var configuration = services.GetRequiredService<IConfiguration>();
                var servers = set ?? AspireSections.ConnectionString(configuration, connection);
                return AspireSections.Options(configuration, connection, servers);
            },
        });
        if (!settings.DisableHealthChecks)
        {
            builder.Services.AddHealthChecks().AddKafkaProducerByDefault(registration.Name);
        }

        // They make no provider: an application without OpenTelemetry has none after this either (docs/adr/0029).
        if (!settings.DisableMetrics)
        {
            builder.Services.ConfigureOpenTelemetryMeterProvider(static metrics => metrics.AddMeter(Telemetry));
        }

        if (!settings.DisableTracing)
        {
            builder.Services.ConfigureOpenTelemetryTracerProvider(static traces => traces.AddSource(Telemetry));
        }
    }
}
