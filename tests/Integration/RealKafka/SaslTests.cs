namespace Rx.Kafka.Integration.RealKafka;

/// <summary>Each mechanism against real brokers, with right and wrong credentials; renewal every five seconds; rights.</summary>
[Collection(RealKafkaGroup.Name)]
public sealed class SaslTests(SecureNode cluster) : IClassFixture<SecureNode>
{
    private const string Topic = "sasl";
    private const string Guessed = "guessed-secret";

    /// <summary>Listeners, mechanisms, and the words of their refusal; null = they are right.</summary>
    public static TheoryData<string, string, string, string?> Matrix
    {
        get
        {
            var matrix = new TheoryData<string, string, string, string?>();
            foreach (var protocol in new[] { "SASL_PLAINTEXT", "SASL_SSL" })
            {
                foreach (var mechanism in new[] { "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "DELEGATION TOKEN" })
                {
                    var refused = $"(SASL {(mechanism == "DELEGATION TOKEN" ? "SCRAM-SHA-256" : mechanism)}): ";
                    matrix.Add(protocol, mechanism, "password", $"refused the user 'alice' {refused}");
                    matrix.Add(protocol, mechanism, "user", $"refused the user 'mallory' {refused}");
                }

                foreach (var mechanism in new[] { "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER" })
                {
                    matrix.Add(protocol, mechanism, "right", null);
                }

                matrix.Add(protocol, "OAUTHBEARER", "password", "refused this client's credential (SASL OAUTHBEARER): ");
                matrix.Add(protocol, "OAUTHBEARER", "user", "refused this client's credential (SASL OAUTHBEARER): ");
            }

            return matrix;
        }
    }

    [KafkaTheory]
    [MemberData(nameof(Matrix))]
    public async Task A_right_credential_sends_and_a_wrong_one_fails_soon_with_its_own_sentence_and_without_the_secret(
        string protocol, string mechanism, string what, string? words)
    {
        var sasl = SaslOf(mechanism, what == "user" ? "mallory" : "alice", what == "right" ? "alice-secret" : Guessed, what);
        await using var producer = cluster.NewProducer(options =>
        {
            options.BootstrapServers = [protocol == "SASL_SSL" ? cluster.SaslSslServers : cluster.SaslServers];
            options.Security = new() { Sasl = sasl, Tls = protocol == "SASL_SSL" ? new() { CaFile = Path.Combine(cluster.Certificates, "ca.pem") } : null };
        });
        if (words is null)
        {
            await producer.SendAsync(new Record(Topic, mechanism));
            return;
        }

        var since = TimeProvider.System.GetTimestamp();
        var connecting = producer.ConnectAsync().AsTask();
        var fault = await Assert.ThrowsAsync<KafkaProduceException>(() => producer.SendAsync(new Record(Topic, what)).AsTask());

        Assert.Equal(ProduceErrorCode.Authentication, fault.Code);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Guessed, fault.ToString(), StringComparison.Ordinal);
        Assert.InRange(TimeProvider.System.GetElapsedTime(since), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        var refused = await Assert.ThrowsAsync<KafkaAuthenticationException>(() => connecting);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Brokers store passwords without SASLprep, which would make other letters of these.</summary>
    [KafkaFact]
    public async Task Letters_that_SASLprep_would_change_are_taken_as_the_broker_stored_them()
    {
        var topic = await cluster.CreateTopicAsync(partitions: 1);
        await cluster.RunAsync(
            "tool", "kafka.admin.ConfigCommand", "--bootstrap-server", cluster.Servers, "--alter", "--add-config", "SCRAM-SHA-256=[iterations=8192,password=pª①ﬁ=ü]", "--entity-type", "users", "--entity-name", "a=b,c");
        await cluster.RunAsync("acl", "allow", "a=b,c", "all", topic);
        await using var producer = NewProducer(SaslOptions.Scram256("a=b,c", "pª①ﬁ=ü"));

        var sent = await Eventually(() => producer.SendAsync(new Record(topic, "value")).AsTask());

        Assert.Equal(0, sent.Offset);
    }

    [KafkaFact]
    public async Task A_delegation_token_sends_in_its_owners_name()
    {
        var topic = await cluster.CreateTopicAsync(partitions: 1);
        var login = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            login,
            "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-256\n"
                + "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username=\"alice\" password=\"alice-secret\";\n");
        var printed = await cluster.RunAsync(
            "tool", "org.apache.kafka.tools.DelegationTokenCommand", "--bootstrap-server", cluster.SaslServers, "--create", "--max-life-time-period", "-1", "--command-config", login);
        File.Delete(login);
        var words = printed.Split('\n').Single(static line => line.Contains("User:alice", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        await using var producer = NewProducer(SaslOptions.DelegationToken(words[0], words[1]));

        var sent = await Eventually(() => producer.SendAsync(new Record(topic, "value")).AsTask());

        Assert.Equal(0, sent.Offset);
    }

    [KafkaFact]
    public async Task A_listener_of_SASL_that_gets_none_is_called_by_its_name()
    {
        foreach (var servers in new[] { cluster.SaslServers, cluster.SaslSslServers })
        {
            await using var producer = cluster.NewProducer(options =>
            {
                options.BootstrapServers = [servers];
                options.Security = servers == cluster.SaslServers ? null : new() { Tls = new() { CaFile = Path.Combine(cluster.Certificates, "ca.pem") } };
            });

            var connecting = await Assert.ThrowsAnyAsync<KafkaException>(() => producer.ConnectAsync().AsTask());
            Assert.Contains("it may want SASL (Security.Sasl, security.protocol)", connecting.Message, StringComparison.Ordinal);
            var sending = await Assert.ThrowsAsync<KafkaProduceException>(() => producer.SendAsync(new Record("any", "value")).AsTask());
            Assert.Equal(ProduceErrorCode.Authentication, sending.Code);
            Assert.Contains("wants SASL, and this client does not say who it is: set Security.Sasl", sending.Message, StringComparison.Ordinal);
            Assert.Contains("SCRAM-SHA-512", sending.Message, StringComparison.Ordinal);
        }
    }

    [KafkaFact]
    public async Task A_function_says_who_this_client_is()
    {
        await using var producer = NewProducer(SaslOptions.Scram512(static _ => ValueTask.FromResult(new SaslCredential("alice", "alice-secret"))));

        await producer.SendAsync(new Record(Topic, "value"));
    }

    [KafkaFact]
    public async Task A_listener_without_SASL_is_called_by_its_name()
    {
        await using var producer = cluster.NewProducer(static options =>
            options.Security = new() { Sasl = SaslOptions.Plain("alice", "alice-secret") });

        var fault = await Assert.ThrowsAsync<KafkaProduceException>(() => producer.SendAsync(new Record("any", "value")).AsTask());

        Assert.Equal(ProduceErrorCode.Authentication, fault.Code);
        Assert.Contains("takes no SASL: this is a listener of PLAINTEXT or SSL", fault.Message, StringComparison.Ordinal);
    }

    [KafkaFact]
    public async Task A_credential_that_is_mended_is_taken_without_a_new_producer()
    {
        var topic = await cluster.CreateTopicAsync(partitions: 1);
        var password = "guessed-secret";
        await using var producer = NewProducer(SaslOptions.Scram256(_ => ValueTask.FromResult(new SaslCredential("alice", Volatile.Read(ref password)))));
        var fault = await Assert.ThrowsAsync<KafkaProduceException>(() => producer.SendAsync(new Record(topic, "before")).AsTask());

        Volatile.Write(ref password, "alice-secret");
        var sent = await producer.SendAsync(new Record(topic, "after"));

        Assert.Equal(ProduceErrorCode.Authentication, fault.Code);
        Assert.Equal(0, sent.Offset);
    }

    [KafkaFact]
    public async Task A_user_without_rights_on_a_topic_is_told_so_and_goes_on_when_it_has_them()
    {
        var topic = await cluster.CreateTopicAsync(partitions: 1);
        await using var producer = NewProducer(SaslOptions.Scram256("bob", "bob-secret"));
        var fault = await Assert.ThrowsAsync<KafkaProduceException>(() => producer.SendAsync(new Record(topic, "before")).AsTask());

        await cluster.RunAsync("acl", "allow", "bob", "write", topic);
        var sent = await Eventually(() => producer.SendAsync(new Record(topic, "after")).AsTask());

        Assert.Equal(ProduceErrorCode.Authorization, fault.Code);
        Assert.Contains(topic, fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, sent.Offset);
    }

    [KafkaFact]
    public async Task Sessions_of_five_seconds_lose_nothing_double_nothing_and_keep_the_order()
    {
        const int Streams = 4;
        const int PerStream = 30_000;
        var topic = await cluster.CreateTopicAsync(partitions: Streams);
        using var log = new EventLog();
        var options = new KafkaProducerOptions
        {
            BootstrapServers = [cluster.SaslServers],
            Security = new() { Sasl = SaslOptions.Scram512("alice", "alice-secret") },
        };
        await using (var producer = new KafkaProducer(options, log))
        {
            await Task.WhenAll(Enumerable.Range(0, Streams).Select(stream => SendAsync(producer, topic, stream)));
        }

        // We closed them, each before its end; the broker closed none.
        Assert.True(log.Events.Count(static e => e.Id == 309 && e.Text.Contains("session ends", StringComparison.Ordinal)) >= 3);
        Assert.Equal(0, log.Count(304) + log.Count(208) + log.Count(300));
        var found = await cluster.CheckAsync(topic, Streams, PerStream);
        Assert.True(found.ExitCode == 0, $"{found.Output}{found.Errors}");

        // Some 18 seconds: three sessions and more.
        static async Task SendAsync(KafkaProducer producer, string topic, int stream)
        {
            for (var i = 0; i < PerStream; i += 500)
            {
                var records = Enumerable.Range(i, 500).Select(n => new Record(topic, $"{stream} {n} payload") { Partition = stream }).ToList();
                await Task.WhenAll(records.Select(record => producer.SendAsync(record).AsTask()));
                await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
            }
        }
    }

    /// <summary>Unsecured tokens have no secret: one is no token at all, the other says nobody's name.</summary>
    private static SaslOptions SaslOf(string mechanism, string user, string password, string what) => (mechanism, what) switch
    {
        ("PLAIN", _) => SaslOptions.Plain(user, password),
        ("SCRAM-SHA-256", _) => SaslOptions.Scram256(user, password),
        ("SCRAM-SHA-512", _) => SaslOptions.Scram512(user, password),
        ("DELEGATION TOKEN", _) => SaslOptions.DelegationToken(user, password),
        (_, "right") => SaslOptions.OAuthBearerUnsecured(user),
        (_, "user") => SaslOptions.OAuthBearer(new OAuthToken($"{Base64Url("""{"alg":"none"}""")}.{Base64Url("""{"iat":1,"exp":99999999999}""")}.", DateTimeOffset.MaxValue)),
        _ => SaslOptions.OAuthBearer(new OAuthToken(password, DateTimeOffset.MaxValue)),
    };

    private static string Base64Url(string text) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(text));

    private KafkaProducer NewProducer(SaslOptions sasl) => cluster.NewProducer(options =>
    {
        options.BootstrapServers = [cluster.SaslServers];
        options.Security = new() { Sasl = sasl };
    });

    /// <summary>Rights, users and tokens come to a broker with its next metadata, so the first tries may fail still.</summary>
    private static async Task<RecordMetadata> Eventually(Func<Task<RecordMetadata>> send)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await send();
            }
            catch (KafkaProduceException e) when (e.Code is ProduceErrorCode.Authorization or ProduceErrorCode.Authentication && tries < 30)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }
}
