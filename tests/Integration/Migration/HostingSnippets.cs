using System.Reactive;
using System.Reactive.Linq;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Rx.Kafka.Integration.Hosting;

namespace Rx.Kafka.Integration.Migration;

/// <summary>What docs/hosting.md shows; each method runs on embedded brokers.</summary>
internal static class HostingSnippets
{
    // snippet: hosting-inject
    public sealed class Readings(KafkaProducer producer)
    {
        public async Task<long> StoreAsync(string sensor, string value) =>
            (await producer.SendAsync(new Record("readings", key: sensor, value: value))).Offset;
    }
    // end

    // snippet: hosting-topic-inject
    public sealed class Sensors(TopicProducer<string, string> readings)
    {
        public ValueTask<RecordMetadata> StoreAsync(string sensor, string value) => readings.SendAsync(sensor, value);
    }
    // end

    public static async Task Add(string servers)
    {
        var builder = Hosts.Builder(("Kafka:Producer:bootstrap.servers", servers));

        // snippet: hosting-add
        builder.Services.AddKafkaProducer(); // options: section Kafka:Producer
        builder.Services.AddSingleton<Readings>();
        // end

        using var host = builder.Build();
        await host.StartAsync();
        Assert.Equal(0, await host.Services.GetRequiredService<Readings>().StoreAsync("a", "21.5"));
        await host.StopAsync();
    }

    public static async Task Configure(string servers)
    {
        var builder = Hosts.Builder();

        // snippet: hosting-configure
        builder.Services.AddKafkaProducer((services, options) => options.ForThroughput() with
        {
            BootstrapServers = [servers],
            ClientId = services.GetRequiredService<IHostEnvironment>().ApplicationName,
        });
        // end

        await UseAsync(builder);
    }

    public static async Task Keyed(string servers)
    {
        var builder = Hosts.Builder(("Kafka:Producers:orders:bootstrap.servers", servers), ("Audit:bootstrap.servers", servers));

        // snippet: hosting-keyed
        builder.Services.AddKafkaProducer("orders"); // section Kafka:Producers:orders
        builder.Services.AddKafkaProducer("audit", section: "Audit");
        builder.Services.AddSingleton(services => new Readings(services.GetRequiredKeyedService<KafkaProducer>("orders")));
        // end

        using var host = builder.Build();
        await host.StartAsync();
        Assert.Equal(0, await host.Services.GetRequiredService<Readings>().StoreAsync("a", "21.5"));
        await host.StopAsync();
    }

    public static async Task TypedTopic(string servers)
    {
        var builder = Hosts.Builder(("Kafka:Producer:bootstrap.servers", servers));
        builder.Services.AddKafkaProducer();

        // snippet: hosting-topic
        builder.Services.AddKafkaTopic(new Topic<string, string>("readings", KafkaSerializers.Utf8, KafkaSerializers.Utf8));
        builder.Services.AddSingleton<Sensors>();
        // end

        using var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<Sensors>().StoreAsync("a", "21.5");
        await host.StopAsync();
    }

    public static async Task Pipeline(string servers)
    {
        var builder = Hosts.Builder(("Kafka:Producer:bootstrap.servers", servers));
        builder.Services.AddKafkaProducer();

        // snippet: hosting-pipeline
        builder.Services.AddKafkaPipeline(
            services => Observable.Interval(TimeSpan.FromMilliseconds(10)).Select(n => new Record("ticks", $"tick {n}")),
            new KafkaPipelineOptions
            {
                Name = "ticks",
                Failure = KafkaPipelineFailure.Ignore, // default: StopHost
                Outcomes = services => Observer.Create<Delivery<Record>>(outcome => Console.WriteLine(outcome)),
            });
        // end

        await UseAsync(builder);
    }

    public static async Task Health(string servers)
    {
        var builder = Hosts.Builder(("Kafka:Producer:bootstrap.servers", servers));
        builder.Services.AddKafkaProducer();

        // snippet: hosting-health
        builder.Services.AddHealthChecks().AddKafkaProducer(options: new KafkaHealthOptions
        {
            DegradedAfter = TimeSpan.FromSeconds(5),
            UnhealthyAfter = TimeSpan.FromSeconds(20),
        });
        // end

        using var host = builder.Build();
        await host.StartAsync();
        Assert.Equal(HealthStatus.Healthy, (await host.Health()).Status);
        await host.StopAsync();
    }

    public static async Task Aspire(string servers)
    {
        var builder = Hosts.Builder(("ConnectionStrings:messaging", servers));

        // snippet: hosting-aspire
        builder.AddRxKafkaProducer("messaging"); // ConnectionStrings:messaging; health, metrics and traces are on
        // end

        await UseAsync(builder);
    }

    private static async Task UseAsync(HostApplicationBuilder builder)
    {
        using var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<KafkaProducer>().SendAsync(new Record("t", "v"));
        await host.StopAsync();
    }
}
