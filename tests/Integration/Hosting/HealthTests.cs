using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Hosting;

/// <summary>Health is what the running producer sees.</summary>
public sealed class HealthTests
{
    private static readonly KafkaHealthOptions Soon = new()
    {
        DegradedAfter = TimeSpan.FromMilliseconds(50),
        UnhealthyAfter = TimeSpan.FromMilliseconds(300),
        RecoverAfter = TimeSpan.FromMilliseconds(50),
    };

    [Fact]
    public async Task A_host_starts_while_its_broker_is_down_is_unhealthy_once_something_waits_and_recovers()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.Stop(1, elect: false);
        using var host = NewHost(kafka);
        await host.StartAsync();
        var producer = host.Services.GetRequiredService<KafkaProducer>();
        Assert.Equal(HealthStatus.Healthy, (await host.Health()).Status);

        var sending = producer.SendAsync(new Record("t", "v")).AsTask();
        var unhealthy = await host.BecomesAsync(HealthStatus.Unhealthy, "waited");
        Assert.Equal(1, unhealthy.Data["waitingRecords"]);

        kafka.Restart(1);
        await sending.WaitAsync(Hosts.Late);
        await host.BecomesAsync(HealthStatus.Healthy);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_killed_broker_is_seen_by_the_age_of_what_it_owes_and_forgotten_when_it_is_back()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t");
        using var host = NewHost(kafka);
        await host.StartAsync();
        var producer = host.Services.GetRequiredService<KafkaProducer>();
        await producer.SendAsync(new Record("t", "v")).AsTask().WaitAsync(Hosts.Late);
        var healthy = await host.BecomesAsync(HealthStatus.Healthy);
        Assert.Contains("connected", (string)healthy.Data["broker.1"], StringComparison.Ordinal);

        kafka.Stop(1, elect: false);
        var sending = producer.SendAsync(new Record("t", "v")).AsTask();
        await host.BecomesAsync(HealthStatus.Unhealthy, "oldest record", "not connected");

        kafka.Restart(1);
        await sending.WaitAsync(Hosts.Late);
        await host.BecomesAsync(HealthStatus.Healthy);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_fatal_error_is_unhealthy_at_once()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.Faults.On(ApiKey.Produce).Fail(90); // PRODUCER_FENCED
        using var host = NewHost(kafka, new KafkaHealthOptions());
        await host.StartAsync();
        var producer = host.Services.GetRequiredService<KafkaProducer>();
        await Assert.ThrowsAsync<KafkaProduceException>(() => producer.SendAsync(new Record("t", "v")).AsTask().WaitAsync(Hosts.Late));
        var entry = (await host.Health()).Entries.Values.Single();
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("replaced", entry.Description, StringComparison.Ordinal);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_check_has_the_name_the_tags_and_the_status_that_it_is_given()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var builder = Hosts.Builder(kafka);
        builder.Services.AddKafkaProducer();
        builder.Services.AddKafkaProducer("audit", options => options.BootstrapServers = kafka.BootstrapServers);
        builder.Services.AddHealthChecks()
            .AddKafkaProducer()
            .AddKafkaProducer("audit", new KafkaHealthOptions { Name = "mine", Tags = ["live"], FailureStatus = HealthStatus.Degraded });
        using var host = builder.Build();
        await host.StartAsync();
        var audit = host.Services.GetRequiredKeyedService<KafkaProducer>("audit");
        await audit.DisposeAsync();

        var report = await host.Health();
        Assert.Equal(["kafka", "ready"], report.Entries["kafka-producer"].Tags.Order(StringComparer.Ordinal));
        Assert.Equal(["live"], report.Entries["mine"].Tags);
        Assert.Equal(HealthStatus.Degraded, report.Entries["mine"].Status);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_status_that_is_held_says_so_and_what_was_bad()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t");
        using var host = NewHost(kafka, new KafkaHealthOptions
        {
            DegradedAfter = TimeSpan.FromMilliseconds(50),
            UnhealthyAfter = TimeSpan.FromMilliseconds(300),
            RecoverAfter = TimeSpan.FromHours(1),
        });
        await host.StartAsync();
        kafka.Stop(1, elect: false);
        var sending = host.Services.GetRequiredService<KafkaProducer>().SendAsync(new Record("t", "v")).AsTask();
        await host.BecomesAsync(HealthStatus.Unhealthy);
        kafka.Restart(1);
        await sending.WaitAsync(Hosts.Late);

        var held = (await host.Health()).Entries.Values.Single();
        Assert.Equal(HealthStatus.Unhealthy, held.Status);
        Assert.StartsWith("Records come through. The status is held", held.Description, StringComparison.Ordinal);
        Assert.Contains("3600.0 s (RecoverAfter)", held.Description, StringComparison.Ordinal);
        Assert.Contains("s ago: The oldest record without outcome", held.Description, StringComparison.Ordinal);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_name_that_was_never_registered_is_one_unhealthy_entry()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var builder = Hosts.Builder(kafka);
        builder.Services.AddKafkaProducer();
        builder.Services.AddHealthChecks().AddKafkaProducer().AddKafkaProducer("typo");
        using var host = builder.Build();

        var report = await host.Health();

        Assert.Equal(HealthStatus.Healthy, report.Entries["kafka-producer"].Status);
        Assert.Equal(HealthStatus.Unhealthy, report.Entries["kafka-producer-typo"].Status);
        Assert.Contains("AddKafkaProducer(\"typo\")", report.Entries["kafka-producer-typo"].Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Thresholds_out_of_range_are_told_where_they_are_set()
    {
        var checks = Hosts.Builder().Services.AddHealthChecks();
        var error = Assert.Throws<ArgumentException>(() => checks.AddKafkaProducer(options: new KafkaHealthOptions
        {
            Tags = null!,
            DegradedAfter = TimeSpan.Zero,
            UnhealthyAfter = TimeSpan.FromSeconds(-1),
            RecoverAfter = TimeSpan.FromSeconds(-1),
        }));
        Assert.All(["Tags", "DegradedAfter", "UnhealthyAfter", "RecoverAfter"], fault => Assert.Contains($"{fault} is", error.Message, StringComparison.Ordinal));
    }

    private static IHost NewHost(EmbeddedKafka kafka, KafkaHealthOptions? options = null)
    {
        var builder = Hosts.Builder(kafka);
        builder.Services.AddKafkaProducer();
        builder.Services.AddHealthChecks().AddKafkaProducer(options: options ?? Soon);
        return builder.Build();
    }
}
