using System.Collections.Concurrent;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Authentication as a producer's records see it (design 4.17): right and wrong credentials, renewal, and who is told what, how often.</summary>
public sealed class SaslTests
{
    private const string Secret = "a-marked-secret";

    public static TheoryData<SaslOptions> Right =>
    [
        SaslOptions.Plain("alice", Secret),
        SaslOptions.Scram256("alice", Secret),
        SaslOptions.Scram512("a=b,c", Secret),
        SaslOptions.OAuthBearerUnsecured("alice"),
        SaslOptions.Plain(static _ => ValueTask.FromResult(new SaslCredential("alice", Secret))),
    ];

    public static TheoryData<SaslOptions, string> Wrong => new()
    {
        { SaslOptions.Plain("alice", "guess"), "refused the user 'alice' (SASL PLAIN): Authentication failed: Invalid username or password." },
        { SaslOptions.Scram256("alice", "guess"), "refused the user 'alice' (SASL SCRAM-SHA-256): Authentication failed during authentication due to invalid credentials" },
        { SaslOptions.Scram512("mallory", "guess"), "refused the user 'mallory' (SASL SCRAM-SHA-512)" },
        { SaslOptions.OAuthBearer(new OAuthToken("no.jwt.here", DateTimeOffset.MaxValue)), "refused this client's credential (SASL OAUTHBEARER): " },
        { SaslOptions.OAuthBearer(new OAuthToken("ended", DateTimeOffset.UnixEpoch)), "There is no credential for SASL OAUTHBEARER to broker-1:9092: the token has ended" },
        { SaslOptions.Plain(static _ => throw new InvalidOperationException(Secret)), "getting it failed with InvalidOperationException" },
        { SaslOptions.Plain(static _ => ValueTask.FromResult<SaslCredential>(null!)), "the function returned null instead of a credential" },
        { SaslOptions.Plain(static _ => ValueTask.FromResult(new SaslCredential("", Secret))), "the user name is empty" },
        { SaslOptions.Plain(static _ => ValueTask.FromResult(new SaslCredential("id", Secret) { IsDelegationToken = true })), "PLAIN takes no delegation token" },
        { SaslOptions.Plain(static token => new(Never(token))), "it did not come in time" },
        { SaslOptions.Gssapi(), "has not enabled SASL GSSAPI; it has enabled PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER" },
    };

    [Theory]
    [MemberData(nameof(Right))]
    public void A_right_credential_sends(SaslOptions sasl) => Run(sasl, static async world =>
    {
        for (var i = 0; i < 5; i++)
        {
            await world.Succeed($"{i}");
        }

        Assert.Equal(["0", "1", "2", "3", "4"], world.Log());
    });

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_one_fails_records_and_connects_within_the_setup_timeout(SaslOptions sasl, string words) => Run(sasl, async world =>
    {
        var (error, _, milliseconds) = await world.SendEach(0, "v")[0];
        Assert.NotNull(error);
        Assert.Equal((ProduceErrorCode.Authentication, Persistence.NotPersisted), (error.Code, error.Persistence));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.InRange(milliseconds, 0, 12_000);
        var refused = await Assert.ThrowsAsync<KafkaAuthenticationException>(() => world.Producer.ConnectAsync().AsTask());
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.Empty(world.Log());
    });

    [Fact]
    public void A_mechanism_that_is_not_enabled_is_answered_with_those_that_are() => Run(
        SaslOptions.Scram512("alice", Secret),
        static async world =>
        {
            var (error, _, _) = await world.SendEach(0, "v")[0];
            Assert.Equal(ProduceErrorCode.Authentication, error?.Code);
            Assert.Contains("has not enabled SASL SCRAM-SHA-512; it has enabled PLAIN, OAUTHBEARER.", error!.Message, StringComparison.Ordinal);
        },
        brokers: new() { Users = Users(), Mechanisms = ["PLAIN", "OAUTHBEARER"] });

    [Fact]
    public void A_listener_without_SASL_is_called_by_its_name() => ProducerWorld.Run(
        static async world =>
        {
            var (error, _, _) = await world.SendEach(0, "v")[0];
            Assert.Equal(ProduceErrorCode.Authentication, error?.Code);
            Assert.Contains("takes no SASL: this is a listener of PLAINTEXT or SSL", error!.Message, StringComparison.Ordinal);
        },
        configure: static options => options.Security = new() { Sasl = SaslOptions.Plain("alice", Secret) });

    [Fact]
    public void A_client_without_SASL_is_told_soon_that_the_listener_wants_it_and_one_line_says_so()
    {
        using var logs = new EventLog();
        ProducerWorld.Run(
            static async world =>
            {
                for (var i = 0; i < 10; i++)
                {
                    var (error, _, took) = await world.SendEach(0, "v")[0];
                    Assert.Equal(ProduceErrorCode.Authentication, error?.Code);
                    Assert.Contains("wants SASL, and this client does not say who it is: set Security.Sasl", error!.Message, StringComparison.Ordinal);
                    Assert.Contains("Enabled there: PLAIN, SCRAM-SHA-256", error.Message, StringComparison.Ordinal);
                    Assert.InRange(took, 0, 1500);
                }
            },
            brokers: new EmbeddedKafkaOptions { Sasl = new() { Users = Users() } },
            logs: logs);
        Assert.Equal(1, logs.Count(212));
    }

    /// <summary>Refused for a minute: an attempt a second and not more, one line for each cause, and the mended credential is taken.</summary>
    [Fact]
    public void While_it_is_refused_there_is_an_attempt_a_second_and_a_line_for_each_cause()
    {
        using var logs = new EventLog();
        var brokers = new EmbeddedSaslOptions { Users = Users() };
        var password = "guess";
        var mechanisms = SaslOptions.Scram256(_ => ValueTask.FromResult(new SaslCredential("alice", password)));
        Run(
            mechanisms,
            async world =>
            {
                var attempts = 0;
                world.Kafka.RequestReceived = request => attempts += request.Key == ApiKey.SaslHandshake ? 1 : 0;
                var first = await world.SendEach(0, "v")[0];
                await world.Delay(60_000);
                Assert.Equal(ProduceErrorCode.Authentication, first.Error?.Code);
                Assert.InRange(attempts, 2, 75);
                Assert.Equal(1, logs.Count(212));
                Assert.Equal(0, logs.Count(201));
                Assert.True(first.Milliseconds < 1000);

                password = Secret;
                await world.Delay(2_000);
                await world.Succeed("mended");
            },
            brokers: brokers,
            logs: logs);
    }

    /// <summary>A rotation while records are on their way: they wait, for the credential may be mended; when their time is over the cause is told.</summary>
    [Fact]
    public void What_is_accepted_outlives_a_refusal_up_to_its_delivery_timeout()
    {
        using var logs = new EventLog();
        var brokers = new EmbeddedSaslOptions { Users = Users() };
        var password = Secret;
        Run(
            SaslOptions.Plain(_ => ValueTask.FromResult(new SaslCredential("alice", password))),
            async world =>
            {
                await world.Succeed("before");
                brokers.Users["alice"] = "rotated";
                world.Kafka.CutConnections(1);
                var waits = world.SendEach(0, "waits")[0];
                await world.Delay(20_000);
                Assert.False(waits.IsCompleted);
                password = "rotated";
                Assert.Null((await waits).Error);
                Assert.InRange(logs.Count(317) + logs.Count(212), 1, 2);

                brokers.Users["alice"] = "rotated again";
                world.Kafka.CutConnections(1);
                await world.Delay(10);
                var (error, _, milliseconds) = await world.SendEach(0, "expires")[0];
                Assert.Equal((ProduceErrorCode.Authentication, Persistence.NotPersisted), (error!.Code, error.Persistence));
                Assert.Contains("refused this client's credential (SASL PLAIN)", error.Message, StringComparison.Ordinal);
                Assert.InRange(milliseconds, 120_000, 121_000);
            },
            brokers: brokers,
            logs: logs);
    }

    /// <summary>KIP-368: sessions of a second, broker latency of the same order, all the time something in flight.</summary>
    [Fact]
    [Law("L41")]
    public void Sessions_are_renewed_before_they_end_and_nothing_is_lost_twice_or_out_of_order() => Law.Seeds(
        "renewal",
        seed =>
        {
            using var logs = new EventLog();
            var delay = seed % 40;
            Run(
                SaslOptions.Scram256("alice", Secret),
                async world =>
                {
                    var sent = new List<Task<(ProduceError? Error, RecordMetadata, double)>>();
                    for (var i = 0; i < 400; i++)
                    {
                        sent.AddRange(world.SendEach(i % 2, $"{i / 2}"));
                        await world.Delay(delay);
                    }

                    Assert.All(await Task.WhenAll(sent), static outcome => Assert.Null(outcome.Error));
                    foreach (var partition in new[] { 0, 1 })
                    {
                        Assert.Equal(Enumerable.Range(0, 200).Select(static i => $"{i}"), world.Log(partition));
                    }
                },
                new() { LatencyMs = seed % 7 * 10, Partitions = 2, LingerMs = seed % 3, Acks = RequiredAcks.All },
                new() { Users = Users(), SessionLifetime = TimeSpan.FromSeconds(2) },
                logs: logs);

            // No request came too late: the broker never closed a connection itself. And none was cut off by us.
            Assert.Equal(0, logs.Count(304) + logs.Count(208) + logs.Count(300));
            Assert.True(delay < 20 || logs.Events.Count(static e => e.Text.Contains("session ends", StringComparison.Ordinal)) >= 2);
        },
        maxTest: 50);

    /// <summary>A broker that lets nobody stay for long makes no storm of connections.</summary>
    [Fact]
    public void Sessions_of_a_millisecond_make_no_connection_after_the_other()
    {
        var network = new AlteredNetwork();
        network.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                var sending = Enumerable.Range(0, 100).Select(async i =>
                {
                    await world.Delay(i * 100);
                    return await world.SendEach(0, $"{i}")[0];
                });
                await Task.WhenAll(sending);

                // Two links, and 50 ms at least between the connections of each.
                Assert.InRange(network.Dials.Count, 2, 400);
            },
            brokers: new() { Sasl = new() { Users = Users(), SessionLifetime = TimeSpan.FromMilliseconds(1) } },
            configure: static options => options.Security = new() { Sasl = SaslOptions.Plain("alice", Secret) });
    }

    private static void Run(
        SaslOptions sasl, Func<ProducerWorld, Task> body, Setup? setup = null, EmbeddedSaslOptions? brokers = null, EventLog? logs = null)
    {
        ProducerWorld.Run(
            world =>
            {
                world.Kafka.CreateTopic("t", setup?.Partitions ?? 1);
                return body(world);
            },
            setup,
            brokers: new EmbeddedKafkaOptions { Sasl = brokers ?? new() { Users = Users() } },
            configure: options => options.Security = new() { Sasl = sasl },
            logs: logs);
    }

    private static ConcurrentDictionary<string, string> Users() => new(StringComparer.Ordinal) { ["alice"] = Secret, ["a=b,c"] = Secret };

    private static async Task<SaslCredential> Never(CancellationToken cancellationToken)
    {
        await new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously).Task.WaitAsync(cancellationToken);
        return null!;
    }
}
