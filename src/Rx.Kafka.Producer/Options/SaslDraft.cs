namespace Rx.Kafka.Options;

/// <summary>
/// What the keys of SASL say, until all are read. It holds secrets: no text of it is shown but those of <see cref="Mechanism"/>.
/// </summary>
internal sealed class SaslDraft
{
    public const string Mechanism = "sasl.mechanism";
    public const string UserName = "sasl.username";
    public const string Password = "sasl.password";
    public const string Jaas = "sasl.jaas.config";
    public const string Service = "sasl.kerberos.service.name";
    public const string Endpoint = "sasl.oauthbearer.token.endpoint.url";
    public const string ClientId = "sasl.oauthbearer.client.credentials.client.id";
    public const string ClientSecret = "sasl.oauthbearer.client.credentials.client.secret";
    public const string Scope = "sasl.oauthbearer.scope";
    public const string Extensions = "sasl.oauthbearer.extensions";
    public const string UrlEncode = "sasl.oauthbearer.header.urlencode";
    public const string UnsecuredConfig = "sasl.oauthbearer.config";
    public const string Unsecured = "enable.sasl.oauthbearer.unsecure.jwt";

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    public string? this[string key]
    {
        get => _texts.GetValueOrDefault(key);
        set => _texts[key] = value!;
    }

    /// <summary>A key's own fault was told already: what follows from it is not worth a line.</summary>
    public bool IsFaulty { get; set; }

    /// <summary>Makes options of what the keys say.</summary>
    /// <param name="faults">All that contradicts or is missing, without values.</param>
    public SaslOptions? Complete(List<string> faults)
    {
        if (IsFaulty)
        {
            return null;
        }

        JaasConfig? jaas = null;
        if (this[Jaas] is { } text)
        {
            _ = JaasConfig.TryParse(text, out jaas);
        }

        var mechanism = SaslMechanisms.Find(this[Mechanism] ?? "GSSAPI")!.Value;
        if (jaas is not null && !Fits(mechanism, jaas.Module))
        {
            var name = SaslMechanisms.NameOf(mechanism) + (this[Mechanism] is null ? ", its default" : "");
            faults.Add($"{Jaas} names {jaas.Module} but {Mechanism} is {name}; make them agree");
            return null;
        }

        var count = faults.Count;
        var draft = new Merged(this, jaas, faults);
        var options = mechanism switch
        {
            SaslMechanism.Gssapi => SaslOptions.Gssapi(draft.Find(Service, "serviceName") ?? "kafka"),
            SaslMechanism.OAuthBearer => OAuthBearer(draft, jaas, faults),
            _ => WithPassword(mechanism, draft, jaas, faults),
        };
        return faults.Count == count ? options : null;
    }

    private static bool Fits(SaslMechanism mechanism, string module) => module == mechanism switch
    {
        SaslMechanism.Plain => "PlainLoginModule",
        SaslMechanism.OAuthBearer => "OAuthBearerLoginModule",
        SaslMechanism.Gssapi => "Krb5LoginModule",
        _ => "ScramLoginModule",
    };

    private static SaslOptions? WithPassword(SaslMechanism mechanism, Merged draft, JaasConfig? jaas, List<string> faults)
    {
        var (user, password) = (draft.Need(UserName, "username", mechanism), draft.Need(Password, "password", mechanism));
        if (user is null || password is null)
        {
            return null;
        }

        var isToken = jaas?.Options.GetValueOrDefault("tokenauth") is { } flag && OptionText.Flag(flag) == true;
        var credential = new SaslCredential(user, password) { IsDelegationToken = isToken };
        if ((credential.Fault ?? (isToken && mechanism == SaslMechanism.Plain ? "only SCRAM takes a delegation token" : null)) is { } fault)
        {
            faults.Add($"{UserName} and {Password}: {fault}");
            return null;
        }

        return SaslOptions.Of(mechanism, credential);
    }

    private SaslOptions? OAuthBearer(Merged draft, JaasConfig? jaas, List<string> faults)
    {
        if (Subject(jaas) is { } subject)
        {
            return SaslOptions.OAuthBearerUnsecured(subject);
        }

        var endpoint = draft.Need(Endpoint, null, SaslMechanism.OAuthBearer);
        var id = draft.Need(ClientId, "clientId", SaslMechanism.OAuthBearer);
        var secret = draft.Need(ClientSecret, "clientSecret", SaslMechanism.OAuthBearer);
        if (endpoint is null || id is null || secret is null)
        {
            return null;
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address))
        {
            faults.Add($"{Endpoint} is no absolute address; write https://host/path");
            return null;
        }

        var client = new OAuthClientCredentials
        {
            TokenEndpoint = address,
            ClientId = id,
            ClientSecret = secret,
            Scope = draft.Find(Scope, "scope"),
            UrlEncodesHeader = this[UrlEncode] is not null,
            Extensions = ExtensionsOf(jaas, faults),
        };
        if (client.Fault is { } fault)
        {
            faults.Add($"{Endpoint}: {fault}");
            return null;
        }

        return SaslOptions.OAuthBearer(client);
    }

    /// <summary>Whose unsigned token is wanted: Java's claim of that name, or librdkafka's principal; null = nobody's.</summary>
    private string? Subject(JaasConfig? jaas)
    {
        if (jaas?.Options.GetValueOrDefault("unsecuredLoginStringClaim_sub") is { Length: > 0 } claim)
        {
            return claim;
        }

        const string Principal = "principal=";
        return this[Unsecured] is null ? null : this[UnsecuredConfig]?
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(static word => word.Length > Principal.Length && word.StartsWith(Principal, StringComparison.Ordinal))?
            [Principal.Length..];
    }

    private Dictionary<string, string> ExtensionsOf(JaasConfig? jaas, List<string> faults)
    {
        const string Prefix = "extension_";
        var extensions = (jaas?.Options ?? OAuthToken.NoExtensions)
            .Where(static option => option.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(static option => option.Key[Prefix.Length..], static option => option.Value, StringComparer.Ordinal);
        foreach (var pair in (this[Extensions] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (pair.IndexOf('=', StringComparison.Ordinal) is > 0 and var sign)
            {
                extensions[pair[..sign]] = pair[(sign + 1)..];
            }
            else
            {
                faults.Add($"{Extensions} has a part that is no NAME=VALUE; write them with commas between");
            }
        }

        return extensions;
    }

    /// <summary>What a key and an option of the login module say together.</summary>
    private sealed class Merged(SaslDraft draft, JaasConfig? jaas, List<string> faults)
    {
        public string? Find(string key, string? option)
        {
            var (own, other) = (draft[key], option is null ? null : jaas?.Options.GetValueOrDefault(option));
            if (own is not null && other is not null && !string.Equals(own, other, StringComparison.Ordinal))
            {
                faults.Add($"{key} and the option {option} of {Jaas} differ; give one of them");
            }

            return own ?? other;
        }

        public string? Need(string key, string? option, SaslMechanism mechanism)
        {
            var value = Find(key, option);
            if (string.IsNullOrEmpty(value))
            {
                var also = option is null ? "" : $", or the option {option} of {Jaas}";
                faults.Add($"{Mechanism} is {SaslMechanisms.NameOf(mechanism)} but {key} is missing; set it{also}");
                return null;
            }

            return value;
        }
    }
}
