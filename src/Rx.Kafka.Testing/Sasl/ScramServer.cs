using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rx.Kafka.Testing.Sasl;

/// <summary>SCRAM. Salts are made for each exchange, so nothing is stored but passwords.</summary>
internal sealed class ScramServer(EmbeddedSaslOptions options, string mechanism, HashAlgorithmName hash) : ISaslServer
{
    private string? _firstBare;
    private string _serverFirst = "";
    private string _nonce = "";
    private byte[] _salted = [];
    private byte[] _signature = [];

    public SaslReply Take(ReadOnlySpan<byte> message)
    {
        var text = Encoding.UTF8.GetString(message);
        return _firstBare is null ? First(text) : Last(text);
    }

    private SaslReply First(string text)
    {
        if (!text.StartsWith("n,,n=", StringComparison.Ordinal) || text["n,,".Length..].Split(',') is not [var name, ['r', '=', .. var nonce], ..])
        {
            return new([], Refusal: "Invalid SCRAM client first message format");
        }

        _firstBare = text["n,,".Length..];
        var user = name["n=".Length..].Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
        if (!options.Users.TryGetValue(user, out var password))
        {
            return SaslReply.Invalid(mechanism);
        }

        var salt = RandomNumberGenerator.GetBytes(16);
        _nonce = nonce + Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        _salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, options.ScramIterations, hash, Hmac([], "").Length);
        _serverFirst = string.Create(CultureInfo.InvariantCulture, $"r={_nonce},s={Convert.ToBase64String(salt)},i={options.ScramIterations}");
        return new(Encoding.UTF8.GetBytes(_serverFirst));
    }

    private SaslReply Last(string text)
    {
        var proofAt = text.LastIndexOf(",p=", StringComparison.Ordinal);
        if (proofAt < 0 || text[..proofAt] != $"c=biws,r={_nonce}")
        {
            return new([], Refusal: "Invalid SCRAM client final message format");
        }

        var auth = $"{_firstBare},{_serverFirst},{text[..proofAt]}";
        var clientKey = Hmac(_salted, "Client Key");
        var expected = Hmac(CryptographicOperations.HashData(hash, clientKey), auth);
        for (var i = 0; i < expected.Length; i++)
        {
            expected[i] ^= clientKey[i];
        }

        _signature = Hmac(Hmac(_salted, "Server Key"), auth);
        return text[(proofAt + ",p=".Length)..] == Convert.ToBase64String(expected)
            ? new(Encoding.UTF8.GetBytes($"v={Convert.ToBase64String(_signature)}"), IsComplete: true)
            : SaslReply.Invalid(mechanism);
    }

    private byte[] Hmac(byte[] key, string text) => CryptographicOperations.HmacData(hash, key, Encoding.UTF8.GetBytes(text));
}
