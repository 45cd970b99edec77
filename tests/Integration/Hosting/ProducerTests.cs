using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Hosting;

/// <summary>Producers and typed topics in a container and its host.</summary>
public sealed class ProducerTests
{
    private const int GivenUp = 605;

    [Fact]
    public async Task A_producer_of_the_default_section_is_injected_and_what_it_took_is_sent_when_the_host_stops()
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync();
        var builder = Hosts.Builder(kafka, ("Kafka:Producer:LingerMs", "600000"), ("Kafka:Producer:delivery.timeout.ms", "1200000"));
        builder.Services.AddKafkaProducer();
        builder.Services.AddSingleton<Sender>();
        var host = builder.Build(log);
        await host.StartAsync();

        var sender = host.Services.GetRequiredService<Sender>();
        Assert.Same(host.Services.GetRequiredService<KafkaProducer>().Completion, sender.Producer.Completion);
        await sender.Producer.DisposeAsync(); // a class must not end what others use
        for (var i = 0; i < 100; i++)
        {
            sender.Producer.OnNext(new Record("t", $"k{i}", $"v{i}"));
        }

        await host.StopAsync().WaitAsync(Hosts.Late);
        Assert.Equal(100, kafka.ReadLog("t").Count);
        await ((IAsyncDisposable)host).DisposeAsync();
        await sender.Producer.Completion.WaitAsync(Hosts.Late);
        Assert.Throws<ObjectDisposedException>(() => { _ = sender.Producer.SendAsync(new Record("t", "late")); });
        Assert.Empty(log.Errors);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_container_without_a_host_sends_what_it_took_when_it_is_disposed(bool asynchronously)
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var services = new ServiceCollection();
        services.AddKafkaProducer(options =>
        {
            options.BootstrapServers = kafka.BootstrapServers;
            options.Linger = TimeSpan.FromSeconds(60);
        });
        services.AddSingleton<Sender>();
        var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        provider.GetRequiredService<Sender>().Producer.OnNext(new Record("t", "v"));

        if (asynchronously)
        {
            await provider.DisposeAsync().AsTask().WaitAsync(Hosts.Late);
        }
        else
        {
            provider.Dispose();
        }

        Assert.Single(kafka.ReadLog("t"));
    }

    [Fact]
    public async Task Producers_with_names_have_their_own_clusters()
    {
        await using var one = await EmbeddedKafka.StartAsync();
        await using var two = await EmbeddedKafka.StartAsync();
        var builder = Hosts.Builder(
            ("Kafka:Producers:one:bootstrap.servers", one.BootstrapServers[0]), ("Other:bootstrap.servers", two.BootstrapServers[0]));
        builder.Services.AddKafkaProducer("one");
        builder.Services.AddKafkaProducer("two", section: "Other");
        using var host = builder.Build();
        await host.StartAsync();

        await host.Services.GetRequiredKeyedService<IKafkaProducer>("one").SendAsync(new Record("t", "1")).AsTask().WaitAsync(Hosts.Late);
        await host.Services.GetRequiredKeyedService<KafkaProducer>("two").SendAsync(new Record("t", "2")).AsTask().WaitAsync(Hosts.Late);

        Assert.Equal(["1"], one.ReadLog("t").Select(static record => record.ValueText));
        Assert.Equal(["2"], two.ReadLog("t").Select(static record => record.ValueText));
        Assert.Null(host.Services.GetService<KafkaProducer>());
        await host.StopAsync();
    }

    [Fact]
    public async Task The_callback_has_the_container_and_may_return_a_copy_and_the_platforms_options_come_after_it()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var builder = Hosts.Builder(("Kafka:Producer:bootstrap.servers", "nowhere.invalid:1"), ("Kafka:Producer:batch.size", "1000"));
        builder.Services.AddSingleton("my-client");
        builder.Services.AddKafkaProducer((services, options) => options.ForLatency() with { ClientId = services.GetRequiredService<string>() });
        builder.Services.AddKafkaProducer(static options => options.MaxRequestSize = 2000);
        builder.Services.PostConfigure<KafkaProducerOptions>(options => options.BootstrapServers = kafka.BootstrapServers);
        using var host = builder.Build();
        await host.StartAsync();

        await host.Services.GetRequiredService<KafkaProducer>().SendAsync(new Record("t", "v")).AsTask().WaitAsync(Hosts.Late);

        var options = host.Services.GetRequiredService<IOptionsMonitor<KafkaProducerOptions>>().CurrentValue;
        Assert.Equal(("my-client", TimeSpan.Zero, 1000, 2000), (options.ClientId, options.Linger, options.BatchSize, options.MaxRequestSize));
        Assert.Equal(options, host.Services.GetRequiredService<IOptions<KafkaProducerOptions>>().Value);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_host_with_faults_does_not_start_and_tells_those_of_all_producers_at_once()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var builder = Hosts.Builder(kafka, ("Kafka:Producer:linger.ms", "soon"), ("Kafka:Producer:lingre.ms", "5"), ("Kafka:Producers:b:batch.size", "5000000"));
        builder.Services.AddKafkaProducer();
        builder.Services.AddKafkaProducer("b");
        builder.Services.AddKafkaProducer("c", section: "No:Such");
        builder.Services.AddKafkaPipeline(static _ => Streams.Never);
        using var host = builder.Build();

        var all = await Assert.ThrowsAsync<AggregateException>(() => host.StartAsync());

        var faults = all.InnerExceptions.Cast<OptionsValidationException>().ToDictionary(static fault => fault.OptionsName, StringComparer.Ordinal);
        Assert.Equal(["", "b", "c"], faults.Keys.Order(StringComparer.Ordinal));
        Assert.All(["linger.ms", "soon", "lingre.ms", "Kafka:Producer"], part => Assert.Contains(part, faults[""].Message, StringComparison.Ordinal));
        Assert.All(["'b'", "BatchSize", "BootstrapServers"], part => Assert.Contains(part, faults["b"].Message, StringComparison.Ordinal));
        Assert.Contains("No:Such", faults["c"].Message, StringComparison.Ordinal);
        Assert.Equal(0, kafka.Counters.ConnectionsOpened);
    }

    [Theory]
    [InlineData("Kafka:bootstrap.servers", "put the options into 'Kafka:Producer'")]
    [InlineData("Kafka:BootstrapServers:0", "AddKafkaProducer(section: \"Kafka\")")]
    [InlineData("Kafka:Producer:Producer:BootstrapServers", "give 'Kafka:Producer:Producer'")]
    public async Task Options_beside_their_section_are_a_fault_that_says_where_they_belong(string key, string remedy)
    {
        var builder = Hosts.Builder((key, "localhost:1"), ("Kafka:LingerMs", "5"));
        builder.Services.AddKafkaProducer();
        using var host = builder.Build();

        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains(remedy, fault.Failures.First(), StringComparison.Ordinal);
        Assert.DoesNotContain("unknown key", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>A section of the application's own may look like ours: code that says all is enough.</summary>
    [Fact]
    public async Task Options_beside_their_section_do_not_matter_where_code_says_all()
    {
        var builder = Hosts.Builder(("Kafka:BootstrapServers", "localhost:1"));
        builder.Services.AddKafkaProducer(options => options.BootstrapServers = [builder.Configuration["Kafka:BootstrapServers"]!]);
        using var host = builder.Build();
        await host.StartAsync();
        await host.StopAsync();
    }

    [Fact]
    public async Task What_nobody_asks_for_is_not_made()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var builder = Hosts.Builder(kafka);
        builder.Services.AddKafkaProducer();
        builder.Services.AddHealthChecks().AddKafkaProducer();
        using var host = builder.Build();
        await host.StartAsync();
        Assert.Contains("not used", (await host.Health()).Entries.Values.Single().Description, StringComparison.Ordinal);
        await host.StopAsync();
        Assert.Equal(0, kafka.Counters.ConnectionsOpened);
    }

    [Fact]
    public async Task Who_uses_a_producer_is_disposed_before_it_whoever_asked_for_it_later()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var builder = Hosts.Builder(kafka);
        builder.Services.AddKafkaProducer();
        builder.Services.AddSingleton<LastWords>();
        var host = builder.Build();
        _ = host.Services.GetRequiredService<LastWords>();
        _ = host.Services.GetRequiredService<IKafkaProducer>();

        await ((IAsyncDisposable)host).DisposeAsync().AsTask().WaitAsync(Hosts.Late);

        Assert.Equal(["last"], kafka.ReadLog("t").Select(static record => record.ValueText));
    }

    [Fact]
    public async Task What_brokers_do_not_take_is_given_up_when_the_hosts_time_is_over()
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t");
        var builder = Hosts.Builder(kafka);
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        builder.Services.AddKafkaProducer();
        var host = builder.Build(log);
        await host.StartAsync();
        var producer = host.Services.GetRequiredService<KafkaProducer>();
        await producer.SendAsync(new Record("t", "before")).AsTask().WaitAsync(Hosts.Late);
        kafka.Stop(1, elect: false);
        var sending = await producer.EnqueueAsync(new Record("t", "stuck"));

        await host.StopAsync();
        var error = await Assert.ThrowsAsync<KafkaProduceException>(() => sending.WaitAsync(Hosts.Late));
        Assert.Equal(ProduceErrorCode.Aborted, error.Code);
        Assert.Equal(1, log.Count(GivenUp));
        await ((IAsyncDisposable)host).DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Typed_topics_are_injected_with_their_producer()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        await using var other = await EmbeddedKafka.StartAsync();
        var builder = Hosts.Builder(kafka);
        builder.Services.AddKafkaProducer();
        builder.Services.AddKafkaProducer("audit", options => options.BootstrapServers = other.BootstrapServers);
        builder.Services.AddKafkaTopic(new Topic<string, int>("numbers", KafkaSerializers.Utf8, KafkaSerializers.Int32));
        builder.Services.AddKafkaTopic(new Topic<string>("audit", KafkaSerializers.Utf8), producer: "audit");
        builder.Services.AddSingleton<Writer>();
        using var host = builder.Build();
        await host.StartAsync();

        await host.Services.GetRequiredService<Writer>().WriteAsync().WaitAsync(Hosts.Late);

        Assert.Equal(["one"], kafka.ReadLog("numbers").Select(static record => record.KeyText));
        Assert.Equal(["said"], other.ReadLog("audit").Select(static record => record.ValueText));
        Assert.Equal("numbers", host.Services.GetRequiredService<Topic<string, int>>().Name);
        await host.StopAsync();
    }

    [Fact]
    public async Task Topics_of_the_same_types_are_told_apart_by_their_names_only()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var builder = Hosts.Builder(kafka);
        builder.Services.AddKafkaProducer();
        foreach (var name in new[] { "a", "b", "c" })
        {
            builder.Services.AddKafkaTopic(new Topic<string, string>(name, KafkaSerializers.Utf8, KafkaSerializers.Utf8));
        }

        using var host = builder.Build();
        Assert.Equal("b", host.Services.GetRequiredKeyedService<TopicProducer<string, string>>("b").Topic.Name);
        var error = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<TopicProducer<string, string>>());
        Assert.Contains("FromKeyedServices", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<Topic<string, string>>());
    }

    [Fact]
    public void A_topic_that_is_added_twice_is_one_topic()
    {
        var builder = Hosts.Builder(("Kafka:Producer:bootstrap.servers", "127.0.0.1:1"));
        builder.Services.AddKafkaProducer();
        for (var i = 0; i < 2; i++)
        {
            builder.Services.AddKafkaTopic(new Topic<string>("t", KafkaSerializers.Utf8));
        }

        using var host = builder.Build();
        Assert.Equal("t", host.Services.GetRequiredService<TopicProducer<string>>().Topic.Name);
    }

    [Fact]
    public void A_name_that_nobody_registered_is_told()
    {
        var builder = Hosts.Builder();
        builder.Services.AddKafkaTopic(new Topic<string>("t", KafkaSerializers.Utf8), producer: "missing");
        using var host = builder.Build();
        var error = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<TopicProducer<string>>());
        Assert.Contains("AddKafkaProducer(\"missing\")", error.Message, StringComparison.Ordinal);
    }

    private sealed class Sender(IKafkaProducer producer)
    {
        public IKafkaProducer Producer { get; } = producer;
    }

    private sealed class LastWords(KafkaProducer producer) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await producer.SendAsync(new Record("t", "last"));
    }

    private sealed class Writer(TopicProducer<string, int> numbers, TopicProducer<string> audit)
    {
        public async Task WriteAsync()
        {
            await numbers.SendAsync("one", 1);
            await audit.SendAsync("said");
        }
    }
}
