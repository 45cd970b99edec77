using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Hosting;

/// <summary>Real hosts, whose only configuration is what a test gives them.</summary>
internal static class Hosts
{
    public static readonly TimeSpan Late = TimeSpan.FromSeconds(30);

    public static HostApplicationBuilder Builder(params (string Key, string? Value)[] configuration)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(configuration.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value)));
        return builder;
    }

    /// <summary>With the unnamed producer's brokers.</summary>
    public static HostApplicationBuilder Builder(EmbeddedKafka kafka, params (string Key, string? Value)[] configuration) =>
        Builder([("Kafka:Producer:bootstrap.servers", string.Join(',', kafka.BootstrapServers)), .. configuration]);

    public static IHost Build(this HostApplicationBuilder builder, EventLog log)
    {
        builder.Services.AddSingleton<ILoggerFactory>(log);
        return builder.Build();
    }

    public static async Task<HealthReport> Health(this IHost host) =>
        await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

    /// <summary>Looks until the health is as expected, and is told with the expected words.</summary>
    public static async Task<HealthReportEntry> BecomesAsync(this IHost host, HealthStatus expected, params string[] says)
    {
        var late = TimeProvider.System.GetTimestamp() + (Late.Ticks * TimeProvider.System.TimestampFrequency / TimeSpan.TicksPerSecond);
        while (true)
        {
            var entry = (await host.Health()).Entries.Values.Single();
            if (entry.Status == expected && Array.TrueForAll(says, words => entry.Description?.Contains(words, StringComparison.Ordinal) == true))
            {
                return entry;
            }

            Assert.True(TimeProvider.System.GetTimestamp() < late, $"Still {entry.Status}, not {expected} ({string.Join(", ", says)}): {entry.Description}");
            await Task.Yield();
        }
    }
}
