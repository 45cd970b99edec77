using System.Collections.Concurrent;
using System.Net;
using Rx.Kafka.Options;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Marked secrets go through every path of a producer, right and wrong; all that comes out is searched for them.</summary>
public sealed class SecretsTests
{
    private const string Mark = "mArKeD";

    public static TheoryData<string, SaslOptions> Credentials => new()
    {
        { "PLAIN", SaslOptions.Plain("alice", Mark + "1") },
        { "SCRAM", SaslOptions.Scram256("alice", Mark + "1") },
        { "SCRAM-512", SaslOptions.Scram512("alice", Mark + "1") },
        { "a function", SaslOptions.Plain(static _ => ValueTask.FromResult(new SaslCredential("alice", Mark + "1"))) },
        { "a function that throws", SaslOptions.Plain(static _ => throw new KafkaException("the vault has no key " + Mark)) },
        { "a function that gives up", SaslOptions.Plain(static _ => throw new OperationCanceledException("asked the vault with " + Mark)) },
        { "a token function that throws", SaslOptions.OAuthBearer(static _ => throw new HttpRequestException("GET https://id.example/?key=" + Mark)) },
        { "a delegation token", SaslOptions.DelegationToken("id", Mark + "1") },
        { "a token", SaslOptions.OAuthBearer(new OAuthToken(Mark + "1", DateTimeOffset.MaxValue)) },
        { "a client", SaslOptions.OAuthBearer(Client(HttpStatusCode.Unauthorized)) },
        { "a client that gets one", SaslOptions.OAuthBearer(Client(HttpStatusCode.OK)) },
    };

    [Theory]
    [MemberData(nameof(Credentials))]
    public void None_comes_out(string which, SaslOptions sasl)
    {
        using var logs = new EventLog();
        var output = new List<object?> { which, sasl, sasl.Credential, sasl.Token, sasl.ClientCredentials };
        var users = new ConcurrentDictionary<string, string>(StringComparer.Ordinal) { ["alice"] = Mark + "1" };
        var security = new SecurityOptions { Sasl = sasl };
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                for (var i = 0; i < 3; i++)
                {
                    // Right, then wrong, then with the broker's words made of the secret.
                    output.Add((await world.SendEach(0, "v")[0]).Error);
                    output.Add(await Xunit.Record.ExceptionAsync(() => world.Producer.ConnectAsync().AsTask()));
                    output.Add(await Xunit.Record.ExceptionAsync(() => world.Producer.GetPartitionsAsync("other").AsTask()));
                    users["alice"] = Mark + "2";
                    world.Kafka.CutConnections(1);
                    await world.Delay(5_000);
                }

                output.Add((await world.SendEach(0, "v")[0]).Error);
            },
            new Setup { DeliveryTimeoutMs = 10_000, MaxBlockMs = 5_000 },
            brokers: new EmbeddedKafkaOptions { Sasl = new() { Users = users, SessionLifetime = TimeSpan.FromSeconds(2) } },
            configure: options =>
            {
                options.Security = security;
                output.Add(options);
                output.Add(security);
                output.AddRange(OptionTable.Changed(options).Select(static pair => (object?)pair.Value));
            },
            logs: logs);
        output.AddRange(logs.Events.SelectMany(static e => e.Fields.Values.Append(e.Text)));
        output.AddRange(output.OfType<ProduceError>().Select(static error => error.ToException()).ToList());
        Assert.True(output.OfType<Exception>().Any() || which is "PLAIN" or "SCRAM" or "SCRAM-512" or "a function");
        Assert.All(output, static text => Assert.DoesNotContain(Mark, text?.ToString() ?? "", StringComparison.Ordinal));
    }

    private static OAuthClientCredentials Client(HttpStatusCode status) => new()
    {
        TokenEndpoint = new Uri("https://me:" + Mark + "@id.example/token?key=" + Mark),
        ClientId = "me",
        ClientSecret = Mark + "1",
        HttpClient = new HttpClient(new Answer(status)),
    };

    private sealed class Answer(HttpStatusCode status) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(status)
            {
                Content = new StringContent($$"""{"access_token":"{{Mark}}3","error":"{{Mark}}1"}"""),
            });
    }
}
