using System.Security.Cryptography;
using System.Text;

namespace Rx.Kafka.Network.Security;

/// <summary>OAUTHBEARER (RFC 7628, KIP-342): one message; a broker that refuses says why, and wants a last word.</summary>
internal sealed class OAuthBearerExchange(OAuthToken token) : ISaslExchange
{
    private byte[] _message = [];
    private string? _refusal;

    /// <summary><c>n,,^Aauth=Bearer token^A[name=value^A]*^A</c></summary>
    public byte[] Begin()
    {
        var extensions = string.Concat(token.Extensions.Select(static pair => $"{pair.Key}={pair.Value}\u0001"));
        return _message = Encoding.UTF8.GetBytes($"n,,\u0001auth=Bearer {token.Value}\u0001{extensions}\u0001");
    }

    public byte[]? Next(ReadOnlySpan<byte> challenge)
    {
        if (challenge.IsEmpty)
        {
            return null;
        }

        if (_refusal is not null)
        {
            throw new SaslFault($"refused the token: {_refusal}");
        }

        // The broker's error 58 follows the ^A that acknowledges it; these words say more.
        _refusal = SaslText.Tame(SaslText.Without(Encoding.UTF8.GetString(challenge), token.Value));
        return [1];
    }

    public string Explain(string words)
    {
        var text = SaslText.Without(words, token.Value);
        return _refusal is null ? text : $"{text} {_refusal}";
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_message);
}
