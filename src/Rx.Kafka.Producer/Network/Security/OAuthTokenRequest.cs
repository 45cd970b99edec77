using System.Buffers.Text;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Rx.Kafka.Network.Security;

/// <summary>Asks an authorization server for a token with the client's credentials (RFC 6749, 4.4).</summary>
internal sealed class OAuthTokenRequest(OAuthClientCredentials client, TimeProvider time)
{
    private const int LongestAnswer = 1024 * 1024;

    /// <summary>The time of a token whose server says none, and which is no JWT that does.</summary>
    private static readonly TimeSpan UntoldLife = TimeSpan.FromMinutes(5);

    public async ValueTask<OAuthToken> SendAsync(CancellationToken cancellationToken)
    {
        using var own = client.HttpClient is null ? new HttpClient() : null;
        using var request = NewRequest();
        using var response = await (client.HttpClient ?? own!).SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var body = await ReadAsync(response, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new SaslFault($"{client.Where} answered {(int)response.StatusCode}{Reason(body)}. Check id, secret and scope");
        }

        return Token(body);
    }

    private HttpRequestMessage NewRequest()
    {
        var (id, secret) = client.UrlEncodesHeader
            ? (Uri.EscapeDataString(client.ClientId), Uri.EscapeDataString(client.ClientSecret))
            : (client.ClientId, client.ClientSecret);
        var form = new List<KeyValuePair<string, string>> { new("grant_type", "client_credentials") };
        if (!string.IsNullOrEmpty(client.Scope))
        {
            form.Add(new("scope", client.Scope));
        }

        var request = new HttpRequestMessage(HttpMethod.Post, client.TokenEndpoint) { Content = new FormUrlEncodedContent(form) };
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", basic);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return request;
    }

    /// <summary>The body, as far as anybody would send one: the length is checked before memory is taken for it.</summary>
    private async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[8192];
        while (await stream.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            body.Write(buffer, 0, count);
            if (body.Length > LongestAnswer)
            {
                throw new SaslFault($"{client.Where} answered with more than {LongestAnswer} bytes");
            }
        }

        return body.ToArray();
    }

    /// <summary>What the server says of a refusal (RFC 6749, 5.2); nothing else of its answer is shown.</summary>
    private string Reason(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var words = $"{Text(json, "error")} {Text(json, "error_description")}".Trim();
            return words.Length == 0 ? "" : $": {SaslText.Tame(SaslText.Without(words, client.ClientSecret))}";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private OAuthToken Token(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (Text(json, "access_token") is not { Length: > 0 } value)
            {
                throw new SaslFault($"{client.Where} answered without an access_token");
            }

            var now = time.GetUtcNow();
            var expiresAt = json.RootElement.TryGetProperty("expires_in", out var seconds) && Number(seconds) is { } life
                ? now.AddSeconds(Math.Clamp(life, 0, int.MaxValue))
                : ExpiryOf(value) ?? now + UntoldLife;
            return new OAuthToken(value, expiresAt) { Extensions = client.Extensions };
        }
        catch (JsonException)
        {
            throw new SaslFault($"{client.Where} answered with what is no JSON; is it a token endpoint?");
        }
    }

    private static string? Text(JsonDocument json, string name) =>
        json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;

    /// <summary>Some servers write the number as text.</summary>
    private static double? Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String when double.TryParse(
            value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    /// <summary>The claim exp of a JWT; null = it is none, or has none.</summary>
    private static DateTimeOffset? ExpiryOf(string token)
    {
        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.') is [_, var payload, ..] ? payload : ""));
            return claims.RootElement.TryGetProperty("exp", out var exp) && Number(exp) is { } seconds
                ? DateTimeOffset.UnixEpoch.AddSeconds(Math.Clamp(seconds, 0, uint.MaxValue))
                : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }
}
