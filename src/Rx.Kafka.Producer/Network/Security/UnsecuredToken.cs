using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Rx.Kafka.Network.Security;

/// <summary>A JWT that nobody has signed (RFC 7519, 6), for brokers in tests.</summary>
internal static class UnsecuredToken
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    public static OAuthToken Of(string subject, DateTimeOffset now)
    {
        var expiresAt = now + Life;
        var (issued, expires) = (now.ToUnixTimeSeconds(), expiresAt.ToUnixTimeSeconds());
        var claims = string.Create(
            CultureInfo.InvariantCulture, $$"""{"sub":"{{JsonEncodedText.Encode(subject)}}","iat":{{issued}},"exp":{{expires}}}""");
        return new OAuthToken($"{Encode("""{"alg":"none"}""")}.{Encode(claims)}.", expiresAt);
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
