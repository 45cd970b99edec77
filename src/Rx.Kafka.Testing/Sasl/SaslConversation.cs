using System.Security.Cryptography;

namespace Rx.Kafka.Testing.Sasl;

/// <summary>Where one connection stands: what it may send, and until when (KIP-43, KIP-152, KIP-368).</summary>
internal sealed class SaslConversation(EmbeddedSaslOptions options, TimeProvider time)
{
    private readonly long _never = long.MaxValue;
    private ISaslServer? _server; // between the handshake and the end of the exchange
    private bool _isAuthenticated;
    private DateTimeOffset? _until;

    public IReadOnlyList<string> Mechanisms => options.Mechanisms;

    /// <summary>Whether a request may be served now; else the connection is closed, as Kafka does it.</summary>
    public bool Allows(ApiKey key) => key switch
    {
        ApiKey.SaslHandshake => _server is null,
        ApiKey.SaslAuthenticate => _server is not null,
        ApiKey.ApiVersions when !_isAuthenticated => _server is null,
        _ => _isAuthenticated && _server is null && !(_until <= time.GetUtcNow()),
    };

    /// <summary>Begins an exchange; false = the mechanism is not enabled.</summary>
    public bool TryBegin(string mechanism)
    {
        _server = !options.Mechanisms.Contains(mechanism, StringComparer.Ordinal) ? null : mechanism switch
        {
            "PLAIN" => new PlainServer(options),
            "SCRAM-SHA-256" => new ScramServer(options, mechanism, HashAlgorithmName.SHA256),
            "SCRAM-SHA-512" => new ScramServer(options, mechanism, HashAlgorithmName.SHA512),
            "OAUTHBEARER" => new OAuthBearerServer(time),
            _ => null,
        };
        return _server is not null;
    }

    /// <summary>Takes a client's message, and tells how long the session lasts (0 = for ever) when it is through.</summary>
    public SaslReply Take(ReadOnlySpan<byte> message, out long lifetimeMs)
    {
        var reply = _server!.Take(message);
        lifetimeMs = 0;
        if (!reply.IsComplete)
        {
            return reply;
        }

        _server = null;
        _isAuthenticated = true;
        if (options.SessionLifetime > TimeSpan.Zero)
        {
            var now = time.GetUtcNow();
            var untilToken = reply.Until is { } until ? (long)(until - now).TotalMilliseconds : _never;
            lifetimeMs = Math.Min((long)options.SessionLifetime.TotalMilliseconds, untilToken);
            _until = now.AddMilliseconds(lifetimeMs);
        }

        return reply;
    }
}
