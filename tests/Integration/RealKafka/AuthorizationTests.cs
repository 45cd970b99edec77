namespace Rx.Kafka.Integration.RealKafka;

/// <summary>Each right that is missing has its own sentence, and is all that keeps the same producer from going on.</summary>
[Collection(RealKafkaGroup.Name)]
public sealed class AuthorizationTests(SecureNode cluster) : IClassFixture<SecureNode>
{
    private const int NoProducerId = 314;

    [KafkaFact]
    public async Task Rights_that_come_one_by_one_bring_the_same_producer_on()
    {
        using var log = new EventLog();
        var (topic, user) = (await cluster.CreateTopicAsync(partitions: 1), Cluster.NewName());
        await using var producer = NewProducer(user, log);

        await FailsAsync(producer, topic, 29, $"The brokers do not show topic '{topic}' to this client: grant its principal WRITE on it, which includes DESCRIBE; or");
        await AllowAsync(user, "describe", topic);
        await FailsAsync(producer, topic, 31, "Grant this client's principal WRITE on a topic (Kafka 2.8 or newer) or IDEMPOTENT_WRITE on the cluster");
        await AllowAsync(user, "idempotent_write", "cluster");
        await FailsAsync(producer, topic, 29, "TOPIC_AUTHORIZATION_FAILED from broker 0 at ", "Grant this client's principal WRITE on it.");
        await AllowAsync(user, "write", topic);
        var sent = await EventuallyAsync(producer, topic, static outcome => outcome.Error is null);

        Assert.Equal((0, 1), (sent.Metadata.Offset, log.Count(NoProducerId)));
    }

    [KafkaFact]
    public async Task A_topic_that_may_not_be_made_is_made_when_it_may()
    {
        using var log = new EventLog();
        var (topic, user) = (Cluster.NewName(), Cluster.NewName());
        await AllowAsync(user, "write", topic);
        await using var producer = NewProducer(user, log);

        await FailsAsync(producer, topic, 29, "; or the topic does not exist, and this client may not CREATE it.");
        await AllowAsync(user, "create", topic);
        var sent = await EventuallyAsync(producer, topic, static outcome => outcome.Error is null);

        Assert.Equal((0, 0), (sent.Metadata.Offset, log.Count(NoProducerId)));
    }

    /// <summary>Fails so three times running, once the broker knows of the right that was granted last.</summary>
    private static async Task FailsAsync(KafkaProducer producer, string topic, short code, params string[] words)
    {
        await EventuallyAsync(producer, topic, outcome => IsSo(outcome.Error));
        for (var i = 0; i < 2; i++)
        {
            Assert.True(IsSo((await SendAsync(producer, topic)).Error));
        }

        bool IsSo(ProduceError? error) => error is { Code: ProduceErrorCode.Authorization, Persistence: Persistence.NotPersisted }
            && error.BrokerErrorCode == code
            && words.All(word => error.Message.Contains(word, StringComparison.Ordinal));
    }

    private static async Task<(RecordMetadata Metadata, ProduceError? Error)> EventuallyAsync(
        KafkaProducer producer, string topic, Func<(RecordMetadata Metadata, ProduceError? Error), bool> isSo)
    {
        for (var tries = 1; ; tries++)
        {
            var outcome = await SendAsync(producer, topic);
            if (isSo(outcome))
            {
                return outcome;
            }

            Assert.True(tries < 50, $"It is not so, but: {outcome.Error?.Message ?? "it succeeds"}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    private static async Task<(RecordMetadata Metadata, ProduceError? Error)> SendAsync(KafkaProducer producer, string topic)
    {
        try
        {
            return (await producer.SendAsync(new Record(topic, "value")), null);
        }
        catch (KafkaProduceException e)
        {
            return (default, e.Error);
        }
    }

    private Task<string> AllowAsync(string user, string operation, string target) => cluster.RunAsync("acl", "allow", user, operation, target);

    /// <summary>Unsecured tokens make a user of any name.</summary>
    private KafkaProducer NewProducer(string user, EventLog log) => new(
        new KafkaProducerOptions { BootstrapServers = [cluster.SaslServers], Security = new() { Sasl = SaslOptions.OAuthBearerUnsecured(user) } }, log);
}
