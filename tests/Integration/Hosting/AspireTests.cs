using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Rx.Kafka.Integration.Embedded;
using Rx.Kafka.Integration.Telemetry;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Hosting;

/// <summary>Connections, settings, health and telemetry as Aspire's conventions want them.</summary>
public sealed class AspireTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_string_is_enough_and_telemetry_is_on_unless_it_is_switched_off(bool isOn)
    {
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 2);
        var metrics = new List<Metric>();
        using var spans = new EndedSpans();
        var builder = Hosts.Builder(
            ("ConnectionStrings:messaging", string.Join(", ", kafka.BootstrapServers)),
            ("Aspire:Rx:Kafka:Producer:DisableMetrics", $"{!isOn}"),
            ("Aspire:Rx:Kafka:Producer:messaging:DisableTracing", $"{!isOn}"));
        builder.AddRxKafkaProducer("messaging");
        builder.Services.AddOpenTelemetry()
            .WithMetrics(telemetry => telemetry.AddInMemoryExporter(metrics))
            .WithTracing(telemetry => telemetry.AddProcessor(spans));
        using var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<KafkaProducer>().SendAsync(new Record("t", "v")).AsTask().WaitAsync(Hosts.Late);
        await host.StopAsync();

        Assert.True(host.Services.GetRequiredService<MeterProvider>().ForceFlush());
        var flushesTraces = host.Services.GetRequiredService<TracerProvider>();
        Assert.True(flushesTraces.ForceFlush());
        Assert.Equal(isOn, metrics.Exists(static metric => metric.MeterName == "Rx.Kafka.Producer" && metric.Name == "kafka.producer.records.acknowledged"));

        // A batch is told after its outcome, on the scheduler.
        var isTraced = () => flushesTraces.ForceFlush() && spans.Find(static span => span.Source.Name == "Rx.Kafka.Producer") is not null;
        if (isOn)
        {
            await Eventually.TrueAsync(isTraced);
        }

        Assert.Equal(isOn, isTraced());
    }

    [Fact]
    public async Task Health_is_on()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var builder = Hosts.Builder(("ConnectionStrings:one", kafka.BootstrapServers[0]), ("ConnectionStrings:two", kafka.BootstrapServers[0]));
        builder.AddRxKafkaProducer("one");
        builder.AddKeyedRxKafkaProducer("two");
        using var host = builder.Build();
        await host.StartAsync();
        var report = await host.Health();
        Assert.Equal(["kafka-producer", "kafka-producer-two"], report.Entries.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(HealthStatus.Healthy, report.Status);
        await host.StopAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_check_of_the_applications_own_takes_the_place_of_the_default(bool isFirst)
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var builder = Hosts.Builder(("ConnectionStrings:messaging", kafka.BootstrapServers[0]));
        void AddOwn(bool now) => _ = now ? builder.Services.AddHealthChecks().AddKafkaProducer(options: new KafkaHealthOptions { Tags = ["own"] }) : null;

        AddOwn(isFirst);
        builder.AddRxKafkaProducer("messaging");
        AddOwn(!isFirst);
        using var host = builder.Build();
        await host.StartAsync();
        Assert.Equal(["own"], Assert.Single((await host.Health()).Entries).Value.Tags);
        await host.StopAsync();
    }

    [Fact]
    public void A_key_of_the_named_section_replaces_the_general_one_in_any_spelling_and_a_list_as_a_whole()
    {
        var builder = Hosts.Builder(
            ("Aspire:Rx:Kafka:Producer:Config:BootstrapServers:0", "a:1"),
            ("Aspire:Rx:Kafka:Producer:Config:BootstrapServers:1", "b:1"),
            ("Aspire:Rx:Kafka:Producer:Config:linger.ms", "5"),
            ("Aspire:Rx:Kafka:Producer:messaging:Config:bootstrap.servers", "c:1"),
            ("Aspire:Rx:Kafka:Producer:messaging:Config:LingerMs", "77"));
        builder.AddRxKafkaProducer("messaging");
        using var host = builder.Build();
        var options = host.Services.GetRequiredService<IOptionsMonitor<KafkaProducerOptions>>().CurrentValue;
        Assert.Equal(["c:1"], options.BootstrapServers);
        Assert.Equal(TimeSpan.FromMilliseconds(77), options.Linger);
    }

    [Fact]
    public async Task Without_OpenTelemetry_no_provider_is_made()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var builder = Hosts.Builder(("ConnectionStrings:messaging", kafka.BootstrapServers[0]));
        builder.AddRxKafkaProducer("messaging");
        using var host = builder.Build();
        await host.StartAsync();
        Assert.Null(host.Services.GetService<MeterProvider>());
        Assert.Null(host.Services.GetService<TracerProvider>());
        await host.StopAsync();
    }

    [Fact]
    public void Sections_hold_settings_and_options_and_the_one_with_the_name_wins()
    {
        var builder = Hosts.Builder(
            ("ConnectionStrings:messaging", "a:1,b:2"),
            ("Aspire:Rx:Kafka:Producer:Config:LingerMs", "7"),
            ("Aspire:Rx:Kafka:Producer:Config:acks", "1"),
            ("Aspire:Rx:Kafka:Producer:DisableTracing", "true"),
            ("Aspire:Rx:Kafka:Producer:messaging:Config:LingerMs", "8"),
            ("Aspire:Rx:Kafka:Producer:messaging:DisableHealthChecks", "true"));
        RxKafkaProducerSettings? seen = null;
        builder.AddRxKafkaProducer("messaging", settings => seen = settings, static (_, options) => options with { ClientId = "mine" });
        using var host = builder.Build();

        var options = host.Services.GetRequiredService<IOptionsMonitor<KafkaProducerOptions>>().CurrentValue;
        Assert.Equal(["a:1", "b:2"], options.BootstrapServers);
        Assert.Equal((TimeSpan.FromMilliseconds(8), RequiredAcks.Leader, "mine"), (options.Linger, options.RequiredAcks, options.ClientId));
        Assert.Equal(("a:1,b:2", true, true, false), (seen!.ConnectionString, seen.DisableHealthChecks, seen.DisableTracing, seen.DisableMetrics));
        Assert.Null(host.Services.GetService<HealthCheckService>());
    }

    [Fact]
    public void What_code_sets_wins_and_else_what_the_configuration_says_last()
    {
        var builder = Hosts.Builder(("ConnectionStrings:one", "early:1"), ("ConnectionStrings:two", "early:2"));
        builder.AddKeyedRxKafkaProducer("one", static settings => settings.ConnectionString = "code:1");
        builder.AddKeyedRxKafkaProducer("two");
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:one", "late:1"), new("ConnectionStrings:two", "late:2")]);
        using var host = builder.Build();
        var options = host.Services.GetRequiredService<IOptionsMonitor<KafkaProducerOptions>>();
        Assert.Equal(["code:1"], options.Get("one").BootstrapServers);
        Assert.Equal(["late:2"], options.Get("two").BootstrapServers);
        Assert.NotNull(host.Services.GetKeyedService<KafkaProducer>("one"));
        Assert.Null(host.Services.GetService<KafkaProducer>());
    }

    [Fact]
    public async Task A_connection_that_is_missing_is_told_at_the_start()
    {
        var builder = Hosts.Builder();
        builder.AddRxKafkaProducer("messaging");
        using var host = builder.Build();
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains("ConnectionStrings:messaging", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_string_with_a_password_is_told_and_not_shown()
    {
        var builder = Hosts.Builder(("ConnectionStrings:messaging", "Endpoint=sb://ns.example/;SharedAccessKeyName=a;SharedAccessKey=hush,hush2"));
        builder.AddRxKafkaProducer("messaging");
        using var host = builder.Build();
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains("BootstrapServers", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_switch_that_is_neither_true_nor_false_is_told_with_its_key()
    {
        var builder = Hosts.Builder(("Aspire:Rx:Kafka:Producer:DisableMetrics", "perhaps"));
        var error = Assert.Throws<FormatException>(() => builder.AddRxKafkaProducer("messaging"));
        Assert.Contains("Aspire:Rx:Kafka:Producer:DisableMetrics", error.Message, StringComparison.Ordinal);
        Assert.Contains("perhaps", error.Message, StringComparison.Ordinal);
    }
}
