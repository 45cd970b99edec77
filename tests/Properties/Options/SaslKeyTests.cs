using FsCheck.Fluent;
using Rx.Kafka.Options;

namespace Rx.Kafka.Properties.Options;

/// <summary>The keys of SASL in both dialects: what they make together, and what is said, without a secret, of those that do not agree.</summary>
public sealed class SaslKeyTests
{
    private const string Plain = "org.apache.kafka.common.security.plain.PlainLoginModule";
    private const string Scram = "org.apache.kafka.common.security.scram.ScramLoginModule";
    private const string OAuth = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule";
    private const string Krb5 = "com.sun.security.auth.module.Krb5LoginModule";

    public static TheoryData<SaslOptions, string[]> Right => new()
    {
        { SaslOptions.Plain("alice", "a=b;c"), ["sasl.mechanism=PLAIN", "sasl.username=alice", "sasl.password=a=b;c"] },
        { SaslOptions.Plain("alice", "s p"), ["sasl.mechanisms=plain", $"sasl.jaas.config={Plain} required username=\"alice\" password=\"s p\";"] },
        { SaslOptions.Plain("alice", "q\"\\;="), ["sasl.mechanism=PLAIN", $"sasl.jaas.config={Plain} REQUIRED\n  username='alice'\n  password=\"q\\\"\\\\;=\" // the end\n;"] },
        { SaslOptions.Scram256("alice", "word"), ["sasl.mechanism=SCRAM-SHA-256", $"sasl.jaas.config={Scram} required username=alice password=word ;"] },
        { SaslOptions.Scram512("alice", "word"), ["sasl.mechanism=ScramSha512", "sasl.username=alice", "sasl.password=word"] },
        { SaslOptions.DelegationToken("id", "hmac=="), ["sasl.mechanism=SCRAM-SHA-256", $"sasl.jaas.config={Scram} required username=\"id\" password=\"hmac==\" tokenauth=\"true\";"] },
        { SaslOptions.Gssapi("kafka"), ["sasl.mechanism=GSSAPI"] },
        { SaslOptions.Gssapi("broker"), ["sasl.kerberos.service.name=broker"] },
        { SaslOptions.Gssapi("broker"), [$"sasl.jaas.config={Krb5} required useTicketCache=true serviceName=\"broker\";"] },
        { SaslOptions.OAuthBearerUnsecured("alice"), ["sasl.mechanism=OAUTHBEARER", $"sasl.jaas.config={OAuth} required unsecuredLoginStringClaim_sub=\"alice\";"] },
        { SaslOptions.OAuthBearerUnsecured("alice"), ["sasl.mechanism=OAUTHBEARER", "enable.sasl.oauthbearer.unsecure.jwt=true", "sasl.oauthbearer.config=principal=alice lifeSeconds=60"] },
    };

    [Theory]
    [MemberData(nameof(Right))]
    public void Keys_make_what_the_methods_of_SaslOptions_make(SaslOptions expected, string[] keys) =>
        Assert.Equal(expected, Read([.. keys, "security.protocol=SASL_SSL"]).Security!.Sasl);

    [Fact]
    public void OAuth_keys_of_both_dialects_make_the_same_client()
    {
        string[] java =
        [
            "security.protocol=SASL_SSL", "sasl.mechanism=OAUTHBEARER", "sasl.oauthbearer.token.endpoint.url=https://id/token",
            $"sasl.jaas.config={OAuth} required clientId=\"me\" clientSecret=\"a-marked-secret\" scope=\"write\" extension_logicalCluster=\"lkc\";",
        ];
        string[] librdkafka =
        [
            "security.protocol=sasl_ssl", "sasl.mechanisms=OAUTHBEARER", "sasl.oauthbearer.method=oidc", "sasl.oauthbearer.token.endpoint.url=https://id/token",
            "sasl.oauthbearer.client.id=me", "sasl.oauthbearer.client.secret=a-marked-secret", "sasl.oauthbearer.scope=write", "sasl.oauthbearer.extensions=logicalCluster=lkc",
        ];
        foreach (var keys in new[] { java, librdkafka })
        {
            var client = Read(keys).Security!.Sasl!.ClientCredentials!;
            Assert.Equal(("https://id/token", "me", "a-marked-secret", "write"), (client.TokenEndpoint.OriginalString, client.ClientId, client.ClientSecret, client.Scope));
            Assert.Equal([KeyValuePair.Create("logicalCluster", "lkc")], client.Extensions);
        }
    }

    public static TheoryData<string[], string[]> Wrong => new()
    {
        { ["sasl.mechanism=PLAIN"], ["PLAIN but sasl.username is missing; set it, or the option username of sasl.jaas.config", "PLAIN but sasl.password is missing"] },
        { ["sasl.mechanism=KERBEROS", "sasl.password=SECRET"], ["sasl.mechanism is 'KERBEROS'; it must be PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER or GSSAPI"] },
        { ["sasl.mechanism=PLAIN", $"sasl.jaas.config={Scram} required username=\"a\" password=\"SECRET\";"], ["sasl.jaas.config names ScramLoginModule but sasl.mechanism is PLAIN; make them agree"] },
        { [$"sasl.jaas.config={Plain} required username=\"a\" password=\"SECRET\";"], ["names PlainLoginModule but sasl.mechanism is GSSAPI, its default"] },
        { ["sasl.mechanism=PLAIN", "sasl.username=bob", $"sasl.jaas.config={Plain} required username=\"a\" password=\"SECRET\";"], ["sasl.username and the option username of sasl.jaas.config differ; give one of them"] },
        { ["sasl.mechanism=PLAIN", $"sasl.jaas.config={Plain} required username=\"a\" password=\"SECRET\""], ["sasl.jaas.config is no login module; write MODULE required NAME=\"VALUE\" ...; with the semicolon"] },
        { ["sasl.mechanism=PLAIN", $"sasl.jaas.config={Plain} required username=\"a\" password=\"SECRET;"], ["has a quote or a comment without an end"] },
        { ["sasl.mechanism=PLAIN", $"sasl.jaas.config={Plain} username=\"a\" password=\"SECRET\";"], ["has no flag after its login module"] },
        { ["sasl.mechanism=PLAIN", $"sasl.jaas.config={Plain} required username=\"a\" \"SECRET\";"], ["has an option that is no NAME=\"VALUE\" (the 2.)"] },
        { ["sasl.mechanism=OAUTHBEARER", "sasl.oauthbearer.client.secret=SECRET"], ["token.endpoint.url is missing", "client.credentials.client.id is missing"] },
        { ["sasl.mechanism=OAUTHBEARER", "sasl.oauthbearer.token.endpoint.url=http://id/token", "sasl.oauthbearer.client.id=me", "sasl.oauthbearer.client.secret=SECRET"], ["begins with http:// and would show the secret to anybody on the way"] },
        { ["sasl.mechanism=PLAIN", "sasl.kerberos.keytab=/SECRET"], ["sasl.kerberos.keytab cannot be taken: tickets are those", "sasl.username is missing"] },
        { ["sasl.login.callback.handler.class=my.Handler"], ["sasl.login.callback.handler.class is"] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_does_not_agree_is_told_all_at_once_and_without_secrets(string[] keys, string[] words)
    {
        var message = Assert.Throws<ArgumentException>(() => Read([.. keys, "security.protocol=SASL_SSL"])).Message;
        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
        Assert.DoesNotContain("SECRET", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_of_SASL_do_nothing_where_another_protocol_is_said_and_are_faults_where_none_is()
    {
        var options = Read(["security.protocol=PLAINTEXT", "sasl.mechanism=PLAIN", "sasl.password=a-marked-secret"]);
        Assert.Null(options.Security);
        Assert.Contains("sasl.password has no effect: security.protocol is PLAINTEXT", options.Notices);
        Assert.DoesNotContain(options.Notices, static notice => notice.Contains("a-marked-secret", StringComparison.Ordinal));
        var message = Assert.Throws<ArgumentException>(() => Read(["sasl.mechanism=PLAIN", "sasl.password=a-marked-secret"])).Message;
        Assert.Contains("sasl.mechanism, sasl.password: without security.protocol this is for nothing", message, StringComparison.Ordinal);
        Assert.DoesNotContain("a-marked-secret", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_value_goes_through_a_login_module_as_it_is() => Law.Check(
        "quotes and escapes",
        Gen.Elements('a', ' ', '"', '\'', '\\', ';', '=', '/', '*', '#', '\n', 'ü').ArrayOf().Where(static value => value.Length > 0),
        value =>
        {
            var text = new string(value);
            var quoted = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            Assert.Null(JaasConfig.TryParse($"x.Y required a=\"{quoted}\" b=c;", out var config));
            Assert.Equal(("Y", text, "c"), (config.Module, config.Options["a"], config.Options["b"]));
        });

    [Fact]
    public void Any_text_is_read_or_refused() => Law.Check(
        "hostile login modules",
        Gen.Elements('a', ' ', '"', '\'', '\\', ';', '=', '/', '*', '\n').ArrayOf(),
        static text => Assert.Equal(JaasConfig.TryParse(new string(text), out var config) is null, config.Module.Length > 0));

    private static KafkaProducerOptions Read(string[] keys) => KafkaProducerOptions.FromProperties(
        keys.Append("bootstrap.servers=h:9092").Select(static key => KeyValuePair.Create(key[..key.IndexOf('=', StringComparison.Ordinal)], key[(key.IndexOf('=', StringComparison.Ordinal) + 1)..])));
}
