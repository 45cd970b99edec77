using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Rx.Kafka.Testing.Sasl;

/// <summary>OAUTHBEARER with unsecured tokens, as Kafka serves it when nothing else is configured: never in production.</summary>
internal sealed class OAuthBearerServer(TimeProvider time) : ISaslServer
{
    private bool _isRefused;

    public SaslReply Take(ReadOnlySpan<byte> message)
    {
        if (_isRefused)
        {
            return SaslReply.Invalid("OAUTHBEARER");
        }

        var fields = Encoding.UTF8.GetString(message).Split('\u0001');
        const string Bearer = "auth=Bearer ";
        if (fields is not ["n,,", var auth, .., "", ""] || !auth.StartsWith(Bearer, StringComparison.Ordinal))
        {
            return new([], Refusal: "Invalid OAUTHBEARER client first message");
        }

        if (ExpiryOf(auth[Bearer.Length..]) is { } until && until > time.GetUtcNow())
        {
            return new([], IsComplete: true, Until: until);
        }

        _isRefused = true;
        return new("""{"status":"invalid_token"}"""u8.ToArray());
    }

    /// <summary>When a token ends; null = it is no unsecured JWT with a subject and an end.</summary>
    private static DateTimeOffset? ExpiryOf(string token)
    {
        try
        {
            if (token.Split('.') is not [var head, var body, ""])
            {
                return null;
            }

            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(head));
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(body));
            return header.RootElement.GetProperty("alg").GetString() == "none" && !string.IsNullOrEmpty(claims.RootElement.GetProperty("sub").GetString())
                ? DateTimeOffset.FromUnixTimeSeconds((long)claims.RootElement.GetProperty("exp").GetDouble())
                : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
