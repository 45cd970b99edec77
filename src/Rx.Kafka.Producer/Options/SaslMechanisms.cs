namespace Rx.Kafka.Options;

/// <summary>The mechanisms by the names that brokers know them by.</summary>
internal static class SaslMechanisms
{
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<SaslMechanism>().Select(NameOf)];

    public static string NameOf(SaslMechanism mechanism) => mechanism switch
    {
        SaslMechanism.Plain => "PLAIN",
        SaslMechanism.ScramSha256 => "SCRAM-SHA-256",
        SaslMechanism.ScramSha512 => "SCRAM-SHA-512",
        SaslMechanism.OAuthBearer => "OAUTHBEARER",
        SaslMechanism.Gssapi => "GSSAPI",
        _ => throw new ArgumentOutOfRangeException(nameof(mechanism), mechanism, "No mechanism of SaslMechanism."),
    };

    /// <summary>The mechanism of a name, as brokers write it or as an enum of Confluent.Kafka (<c>ScramSha256</c>); null = none.</summary>
    public static SaslMechanism? Find(string text)
    {
        foreach (var mechanism in Enum.GetValues<SaslMechanism>())
        {
            if (KeyIndex.Plain(NameOf(mechanism)) == KeyIndex.Plain(text))
            {
                return mechanism;
            }
        }

        return null;
    }
}
