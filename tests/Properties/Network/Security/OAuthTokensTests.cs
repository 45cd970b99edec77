using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Rx.Kafka.Network.Security;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Network.Security;

/// <summary>One token for all connections: asked for when it is needed, early, once; and what authorization servers answer.</summary>
public sealed class OAuthTokensTests
{
    [Fact]
    public void A_token_is_asked_for_once_and_again_after_80_percent_of_its_time()
    {
        var world = new TokenWorld(TimeSpan.FromSeconds(100));
        Assert.Equal(["1", "1"], world.Get(2));
        world.Time.Advance(TimeSpan.FromSeconds(79));
        Assert.Equal(["1"], world.Get());
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["2", "2", "2"], world.Get(3));
        Assert.Equal(2, world.Asked);
    }

    [Fact]
    public void A_failure_to_renew_early_does_no_harm_before_the_token_ends()
    {
        var world = new TokenWorld(TimeSpan.FromSeconds(100));
        world.Get();
        world.Fails = true;
        world.Time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(["1"], world.Get());
        world.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Throws<InvalidOperationException>(() => world.Get());
        world.Fails = false;
        Assert.Equal(["4"], world.Get());
    }

    // Its broker moved, or its setup timeout was nearly over when the others came.
    [Fact]
    public async Task Who_gives_up_leaves_the_question_to_the_others()
    {
        var asked = new ConcurrentQueue<TaskCompletionSource<OAuthToken>>();
        var tokens = new OAuthTokens(
            token =>
            {
                var answer = new TaskCompletionSource<OAuthToken>();
                token.Register(() => answer.TrySetCanceled(token));
                asked.Enqueue(answer);
                return new(answer.Task);
            },
            new VirtualTime());
        using var impatient = new CancellationTokenSource();
        var first = tokens.GetAsync(impatient.Token);
        var second = tokens.GetAsync(default);

        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        RealThreads.SpinUntil(() => asked.Count == 2 || second.IsCompleted, "Nobody asks any more.");
        asked.Last().TrySetResult(new OAuthToken("the-token", DateTimeOffset.MaxValue));
        Assert.Equal("the-token", (await second).Value);
    }

    [Fact]
    public void A_refused_token_is_not_used_again()
    {
        var world = new TokenWorld(TimeSpan.FromHours(1));
        var first = world.Tokens.GetAsync(default).GetAwaiter().GetResult();
        world.Tokens.Refused(first);
        Assert.Equal(["2"], world.Get());
        world.Tokens.Refused(first);
        Assert.Equal(["2"], world.Get());
    }

    public static TheoryData<OAuthToken?, string> Faulty => new()
    {
        { null, "returned null" },
        { new OAuthToken("", DateTimeOffset.MaxValue), "the token is empty" },
        { new OAuthToken("a b", DateTimeOffset.MaxValue), "other than printable ASCII" },
        { new OAuthToken("a\u0001auth=Bearer x", DateTimeOffset.MaxValue), "other than printable ASCII" },
        { new OAuthToken("t", DateTimeOffset.UnixEpoch), "the token has ended at 1970-01-01" },
        { new OAuthToken("t", DateTimeOffset.MaxValue) { Extensions = Extension("auth", "x") }, "the extension 'auth'" },
        { new OAuthToken("t", DateTimeOffset.MaxValue) { Extensions = Extension("a1", "x") }, "the extension 'a1'" },
        { new OAuthToken("t", DateTimeOffset.MaxValue) { Extensions = Extension("a", "x\u0001auth=Bearer y") }, "an extension's value holds" },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void A_token_that_cannot_be_sent_is_a_fault_that_does_not_quote_it(OAuthToken? token, string words) =>
        Assert.Contains(words, OAuthTokenRules.Fault(token, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)), StringComparison.Ordinal);

    [Fact]
    public async Task The_server_is_asked_as_the_RFC_says_and_its_token_taken()
    {
        var server = new TokenServer("""{"access_token":"the-token","token_type":"Bearer","expires_in":300}""");
        var token = await server.AskAsync(server.Client with { Scope = "write all" });
        Assert.Equal(("the-token", server.Now.AddSeconds(300)), (token.Value, token.ExpiresAt));
        Assert.Equal("grant_type=client_credentials&scope=write+all", server.Body);
        Assert.Equal(new AuthenticationHeaderValue("Basic", Convert.ToBase64String("me:a-marked-secret/+"u8)), server.Authorization);
        await server.AskAsync(server.Client with { UrlEncodesHeader = true });
        Assert.Equal(Convert.ToBase64String("me:a-marked-secret%2F%2B"u8), server.Authorization?.Parameter);
    }

    [Theory]
    [InlineData("""{"access_token":"t","expires_in":"60"}""", 60)]
    [InlineData("""{"access_token":"t"}""", 300)]
    [InlineData("""{"access_token":"e30.eyJleHAiOjE3NjcyMjU3MDB9.x"}""", 100)]
    [InlineData("""{"access_token":"t","expires_in":1e300}""", int.MaxValue)]
    public async Task Its_time_is_that_of_the_answer_or_of_the_token_or_five_minutes(string answer, int seconds)
    {
        var server = new TokenServer(answer);
        Assert.Equal(server.Now.AddSeconds(seconds), (await server.AskAsync(server.Client)).ExpiresAt);
    }

    [Theory]
    [InlineData(401, """{"error":"invalid_client","error_description":"a-marked-secret/+ is wrong"}""", "answered 401: invalid_client (not shown) is wrong")]
    [InlineData(500, "a-marked-secret/+", "answered 500.")]
    [InlineData(200, "<html>", "answered with what is no JSON")]
    [InlineData(200, "[]", "answered without an access_token")]
    [InlineData(200, """{"access_token":7}""", "answered without an access_token")]
    public async Task What_is_no_token_is_told_without_the_secret(int status, string answer, string words)
    {
        var server = new TokenServer(answer) { Status = (HttpStatusCode)status };
        var fault = await Assert.ThrowsAsync<SaslFault>(() => server.AskAsync(server.Client));
        Assert.Contains(words, fault.Message + ".", StringComparison.Ordinal);
        Assert.DoesNotContain("a-marked-secret", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_above_a_mebibyte_is_not_kept()
    {
        var server = new TokenServer(new string(' ', (1 << 20) + 1));
        Assert.Contains("more than 1048576 bytes", (await Assert.ThrowsAsync<SaslFault>(() => server.AskAsync(server.Client))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://id/token", "use https")]
    [InlineData("ftp://id/token", "use https")]
    [InlineData("https://id/token", null)]
    [InlineData("http://localhost:8080/token", null)]
    [InlineData("http://127.0.0.1/token", null)]
    public void The_secret_goes_nowhere_in_the_clear(string endpoint, string? words)
    {
        var client = new OAuthClientCredentials { TokenEndpoint = new Uri(endpoint), ClientId = "me", ClientSecret = "a-marked-secret" };
        if (words is null)
        {
            Assert.Equal(client, SaslOptions.OAuthBearer(client).ClientCredentials);
            return;
        }

        var message = Assert.Throws<ArgumentException>(() => SaslOptions.OAuthBearer(client)).Message;
        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.DoesNotContain("a-marked-secret", message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Extension(string name, string value) => new(StringComparer.Ordinal) { [name] = value };

    private sealed class TokenWorld
    {
        public TokenWorld(TimeSpan life) => Tokens = new OAuthTokens(
            _ =>
            {
                Asked++;
                return Fails ? throw new InvalidOperationException() : ValueTask.FromResult(new OAuthToken($"{Asked}", Time.GetUtcNow() + life));
            },
            Time);

        public VirtualTime Time { get; } = new();

        public OAuthTokens Tokens { get; }

        public int Asked { get; private set; }

        public bool Fails { get; set; }

        public IEnumerable<string> Get(int callers = 1) =>
            [.. Enumerable.Range(0, callers).Select(_ => Tokens.GetAsync(default)).ToList().Select(static task => task.GetAwaiter().GetResult().Value)];
    }

    private sealed class TokenServer(string answer) : HttpMessageHandler
    {
        public DateTimeOffset Now => new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public HttpStatusCode Status { get; init; } = HttpStatusCode.OK;

        public string? Body { get; private set; }

        public AuthenticationHeaderValue? Authorization { get; private set; }

        public OAuthClientCredentials Client => new()
        {
            TokenEndpoint = new Uri("https://me:a-marked-secret@id.example/token?tenant=a-marked-secret"),
            ClientId = "me",
            ClientSecret = "a-marked-secret/+",
            HttpClient = new HttpClient(this, disposeHandler: false),
        };

        public Task<OAuthToken> AskAsync(OAuthClientCredentials client) => new OAuthTokenRequest(client, new FixedTime(Now)).SendAsync(default).AsTask();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Body = await request.Content!.ReadAsStringAsync(cancellationToken);
            Authorization = request.Headers.Authorization;
            return new HttpResponseMessage(Status) { Content = new StringContent(answer, Encoding.UTF8, "application/json") };
        }

        private sealed class FixedTime(DateTimeOffset now) : TimeProvider
        {
            public override DateTimeOffset GetUtcNow() => now;
        }
    }
}
