using System.Collections.Concurrent;

namespace Rx.Kafka.Testing;

/// <summary>Who may use embedded brokers, and how they must say who they are.</summary>
public sealed record EmbeddedSaslOptions
{
    /// <summary>The mechanisms that are enabled (<c>sasl.enabled.mechanisms</c>). Default: all that are served, PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 and OAUTHBEARER.</summary>
    public IReadOnlyList<string> Mechanisms { get; init; } = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"];

    /// <summary>Passwords by user, for PLAIN and SCRAM; may be changed while the brokers run. Default: none.</summary>
    public IDictionary<string, string> Users { get; init; } = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The iterations of SCRAM; Kafka stores 4096 to 16384. Default: 4096.</summary>
    public int ScramIterations { get; init; } = 4096;

    /// <summary>How long a connection may be used before the client must authenticate again (<c>connections.max.reauth.ms</c>); after it any other request closes the connection. Default zero: for ever.</summary>
    public TimeSpan SessionLifetime { get; init; }

    /// <summary>The mechanisms, without users and passwords.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{nameof(EmbeddedSaslOptions)} {{ Mechanisms = {string.Join(", ", Mechanisms)} }}";
}
