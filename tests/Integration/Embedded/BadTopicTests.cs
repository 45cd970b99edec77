using System.Diagnostics;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded;

/// <summary>Topics that are not there (yet), are invalid or forbidden.</summary>
public sealed class BadTopicTests
{
    private static readonly TimeSpan MaxBlock = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(10);

    public static TheoryData<Way> Ways => [.. Enum.GetValues<Way>()];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_unknown_topic_fails_after_MaxBlock_delays_no_other_and_goes_once_it_exists(Way way)
    {
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 2, new EmbeddedKafkaOptions { AutoCreateTopics = false });
        kafka.CreateTopic("good", 2);
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, MaxBlock = MaxBlock });
        await Eventually.SucceedsAsync(() => producer.SendAsync(new Record("good", "first")));
        using var offering = new Offering(producer, way);
        var watch = Stopwatch.StartNew();

        var failing = Task.Run(() => offering.FailAsync(new Record("nowhere", "v")));
        var meanwhile = await producer.SendAsync(new Record("good", "meanwhile")).AsTask().WaitAsync(Late);
        var error = await failing;

        Assert.InRange(watch.Elapsed, MaxBlock - TimeSpan.FromMilliseconds(20), MaxBlock + Late);
        Assert.Equal("good", meanwhile.Topic);
        Assert.Equal(ProduceErrorCode.TopicUnknown, error.Code);
        Assert.Equal((short)3, error.BrokerErrorCode);
        Assert.Equal(Persistence.NotPersisted, error.Persistence);
        Assert.All(["'nowhere'", "MaxBlock (2000 ms)", "Create it"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        await offering.DeliverAsync(new Record("good", "next"));

        kafka.CreateTopic("nowhere");
        await Eventually.SucceedsAsync(() => producer.SendAsync(new Record("nowhere", "now somewhere")));
        await offering.DeliverAsync(new Record("nowhere", "next"));
        Assert.Equal(["now somewhere", "next"], kafka.ReadLog("nowhere").Select(static r => r.ValueText));
    }

    [Fact]
    public async Task A_record_that_waits_goes_when_its_topic_is_created()
    {
        await using var kafka = await EmbeddedKafka.StartAsync(options: new EmbeddedKafkaOptions { AutoCreateTopics = false });
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers });
        var sending = producer.SendAsync(new Record("later", "v")).AsTask();
        await Eventually.TrueAsync(() => kafka.Counters.Requests(ApiKey.Metadata) >= 2);
        Assert.False(sending.IsCompleted);

        kafka.CreateTopic("later");

        Assert.Equal(0, (await sending.WaitAsync(Late)).Offset);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Topics_are_not_created_when_that_is_off_here(Way way)
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, AllowAutoCreateTopics = false, MaxBlock = MaxBlock });
        await producer.ConnectAsync();
        using var offering = new Offering(producer, way);
        Assert.Equal(ProduceErrorCode.TopicUnknown, (await offering.FailAsync(new Record("mistyped", "v"))).Code);
        Assert.ThrowsAny<ArgumentException>(() => kafka.ReadLog("mistyped"));
    }

    [Theory]
    [InlineData("no spaces", Way.Push)]
    [InlineData("no spaces", Way.Send)]
    [InlineData("no spaces", Way.Enqueue)]
    [InlineData("..", Way.Send)]
    [InlineData("ünicode/€", Way.Send)]
    [InlineData("line\nbreak", Way.Send)]
    public async Task An_invalid_name_fails_as_soon_as_a_broker_says_so(string name, Way way)
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers });
        using var offering = new Offering(producer, way);

        // Nothing here may wait for MaxBlock, which is a minute.
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var error = await offering.FailAsync(new Record(name, "v"));
            Assert.Equal(ProduceErrorCode.TopicUnknown, error.Code);
            Assert.Equal((short)17, error.BrokerErrorCode);
            Assert.All([$"'{name}'", "1 to 249"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
            await offering.DeliverAsync(new Record("good", "next"));
        }

        Assert.Contains("1 to 249", (await Assert.ThrowsAsync<KafkaException>(() => producer.GetPartitionsAsync(name).AsTask())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Way.Push, 250)]
    [InlineData(Way.Send, 250)]
    [InlineData(Way.Enqueue, 250)]
    [InlineData(Way.Send, 40_000)] // fits no string of an older Metadata request
    public async Task A_name_that_is_too_long_is_refused_before_a_broker_hears_of_it(Way way, int length)
    {
        var options = new EmbeddedKafkaOptions();
        options.Apis[ApiKey.Metadata] = new ApiRange(1, 8);
        await using var kafka = await EmbeddedKafka.StartAsync(options: options);
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers });
        using var offering = new Offering(producer, way);

        var error = await offering.FailAsync(new Record(new string('x', length), "v"));

        Assert.True(offering.WasDecidedAtOnce);
        Assert.Equal(ProduceErrorCode.TopicUnknown, error.Code);
        Assert.All([$"{length} characters", "limit is 249", "Shorten"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = producer.GetPartitionsAsync(new string('x', length)); });
        await offering.DeliverAsync(new Record(new string('x', 249), "next"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_forbidden_topic_fails_at_once_and_goes_once_it_is_allowed(Way way)
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("secret");
        var forbidden = kafka.Faults.On(ApiKey.Metadata).Topic("secret").Fail(29);
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers });
        using var offering = new Offering(producer, way);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var error = await offering.FailAsync(new Record("secret", "v"));
            Assert.Equal(ProduceErrorCode.Authorization, error.Code);
            Assert.Equal((short)29, error.BrokerErrorCode);
            Assert.Equal(Persistence.NotPersisted, error.Persistence);
            Assert.All(["'secret'", "WRITE"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
            await offering.DeliverAsync(new Record("good", "next"));
        }

        forbidden.Remove();

        await Eventually.SucceedsAsync(() => producer.SendAsync(new Record("secret", "allowed")));
        await offering.DeliverAsync(new Record("secret", "next"));
        Assert.Equal(["allowed", "next"], kafka.ReadLog("secret").Select(static r => r.ValueText));
    }

    [Fact]
    public async Task A_topic_that_is_deleted_and_made_anew_goes_on()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t", 2);
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers });
        await producer.SendAsync(new Record("t", "v") { Partition = 1 });
        Assert.True(kafka.DeleteTopic("t"));
        kafka.CreateTopic("t", 3);

        await Eventually.SucceedsAsync(() => producer.SendAsync(new Record("t", "next") { Partition = 2 }));
        Assert.Equal(2, (await producer.SendAsync(new Record("t", "next") { Partition = 2 })).Partition);
    }
}
