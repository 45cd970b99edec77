using static Rx.Kafka.Options.SaslDraft;

namespace Rx.Kafka.Options;

/// <summary>
/// The keys of SASL. What one of them means depends on the others, so each only leaves its text in the <see cref="SaslDraft"/>, of which
/// <see cref="SaslOptions"/> are made when all are read.
/// </summary>
internal static class SaslKeys
{
    private const string Url = "an absolute address, https:// or on this host http://";

    private static readonly string[] Handlers =
    [
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
        "org.apache.kafka.common.security.oauthbearer.secured.OAuthBearerLoginCallbackHandler",
    ];

    public static IReadOnlyList<ProducerOption> Rows { get; } =
    [
        new(Mechanism, null, string.Join(", ", SaslMechanisms.Names.SkipLast(1)) + " or " + SaslMechanisms.Names[^1], "How this client says who it is; in code SaslOptions has a method for each.")
        {
            Read = static options => options.SaslDraft?[Mechanism] ?? (options.Security?.Sasl is { } sasl ? SaslMechanisms.NameOf(sasl.Mechanism) : null),
            DefaultRule = "GSSAPI, if another key of SASL is given",
            Parse = ParseMechanism,
        },
        Text(UserName, "text", "The user of PLAIN and SCRAM."),
        Text(Password, "text", "Its password.") with { IsSecret = true },
        new(Jaas, null, "MODULE required NAME=\"VALUE\" ...;", "User and password, OAuth client or Kerberos service as options of a login module: PlainLoginModule, ScramLoginModule, OAuthBearerLoginModule or Krb5LoginModule.")
        {
            Read = static options => options.SaslDraft?[Jaas],
            DefaultRule = "none",
            IsSecret = true,
            Parse = static (options, text) =>
                JaasConfig.TryParse(text, out _) is { } fault ? Faulty(options, fault) : Keep(options, Jaas, text),
        },
        Text(Service, "text", "The first part of the brokers' Kerberos principal.") with { DefaultRule = "kafka" },
        Text(Endpoint, Url, "Where tokens of OAUTHBEARER are issued."),
        Text(ClientId, "text", "The OAuth client's id."),
        Text(ClientSecret, "text", "The OAuth client's secret.") with { IsSecret = true },
        Text(Scope, "text", "What the token shall be good for."),
        Text(Extensions, "NAME=VALUE, separated by commas", "Extensions that go with each token."),
        Flag(UrlEncode, "Whether id and secret are URL-encoded in the Authorization header."),
        OptionKind.Choice("sasl.oauthbearer.method", null, [("default", true), ("oidc", true)], [], static _ => true, static (_, _) => { }, "With a token endpoint it is asked for tokens."),
        OptionKind.Choice("sasl.oauthbearer.grant.type", null, [("client_credentials", true)], ["urn:ietf:params:oauth:grant-type:jwt-bearer"], static _ => true, static (_, _) => { }, "How the token endpoint is asked; others are set in code, by SaslOptions.OAuthBearer with a function."),
        Text(UnsecuredConfig, "principal=NAME", "Whose unsigned tokens are made here, for tests; with enable.sasl.oauthbearer.unsecure.jwt."),
        Flag(Unsecured, "Whether unsigned tokens are made here, for tests."),
        OptionKind.Choice("sasl.login.callback.handler.class", null, Handlers.Select(static name => (name, true)).ToArray(), [], static _ => true, static (_, _) => { }, "Java's own; others are functions in code, for SaslOptions."),
    ];

    private static string? ParseMechanism(KafkaProducerOptions options, string text)
    {
        if (SaslMechanisms.Find(text) is { } mechanism)
        {
            return Keep(options, Mechanism, SaslMechanisms.NameOf(mechanism));
        }

        return Faulty(options, text.Equals("AWS_MSK_IAM", StringComparison.OrdinalIgnoreCase)
            ? "is 'AWS_MSK_IAM', which is a mechanism of AWS alone; brokers of MSK take OAUTHBEARER too: set it in code, by SaslOptions.OAuthBearer "
                + "with a function that signs a token (package AWS.MSK.Auth)"
            : $"is '{text}'; it must be {string.Join(", ", SaslMechanisms.Names.SkipLast(1))} or {SaslMechanisms.Names[^1]}");
    }

    private static string Faulty(KafkaProducerOptions options, string fault)
    {
        (options.SaslDraft ??= new SaslDraft()).IsFaulty = true;
        return fault;
    }

    private static ProducerOption Text(string key, string range, string doc) => new(key, null, range, doc)
    {
        Read = options => options.SaslDraft?[key],
        DefaultRule = "none",
        Parse = (options, text) => text.Length == 0 ? null : Keep(options, key, text),
    };

    private static ProducerOption Flag(string key, string doc) => new(key, null, "true or false", doc)
    {
        Read = options => options.SaslDraft?[key] ?? "false",
        Parse = (options, text) => OptionText.Flag(text) is { } value
            ? value ? Keep(options, key, "true") : null
            : $"is '{text}'; it must be true or false",
    };

    private static string? Keep(KafkaProducerOptions options, string key, string text)
    {
        (options.SaslDraft ??= new SaslDraft())[key] = text;
        return null;
    }
}
