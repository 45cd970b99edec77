using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rx.Kafka.Network.Security;

/// <summary>
/// SCRAM (RFC 5802, 7677) as Kafka speaks it: no channel binding, and texts as their UTF-8 bytes, for brokers do not prepare them
/// (SASLprep) when they store a password either.
/// </summary>
internal sealed class ScramExchange : ISaslExchange
{
    private const int NonceBytes = 24;

    private readonly SaslCredential _credential;
    private readonly HashAlgorithmName _hash;
    private readonly string _nonce;
    private string _firstBare = string.Empty;
    private byte[]? _serverSignature; // what the broker must prove; null = its first message has not come

    /// <param name="credential">Who.</param>
    /// <param name="hash">SHA-256 or SHA-512.</param>
    /// <param name="nonce">Printable ASCII without a comma, never used before; null = a new one.</param>
    public ScramExchange(SaslCredential credential, HashAlgorithmName hash, string? nonce = null)
    {
        _credential = credential;
        _hash = hash;
        _nonce = nonce ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));
    }

    /// <summary><c>n,,n=user,r=nonce</c>, for a delegation token with <c>,tokenauth=true</c>.</summary>
    public byte[] Begin()
    {
        var user = _credential.UserName.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);
        _firstBare = $"n={user},r={_nonce}{(_credential.IsDelegationToken ? ",tokenauth=true" : "")}";
        return Encoding.UTF8.GetBytes("n,," + _firstBare);
    }

    public byte[]? Next(ReadOnlySpan<byte> challenge)
    {
        if (_serverSignature is null)
        {
            return Prove(ScramServerFirst.Read(challenge, _nonce));
        }

        Check(challenge);
        return null;
    }

    public string Explain(string words) => SaslText.Without(words, _credential.Password);

    public void Dispose() => CryptographicOperations.ZeroMemory(_serverSignature);

    private byte[] Prove(in ScramServerFirst first)
    {
        // "biws" is the base64 of "n,,": no channel binding.
        var withoutProof = $"c=biws,r={first.Nonce}";
        var message = Encoding.UTF8.GetBytes($"{_firstBare},{first.Text},{withoutProof}");
        var password = Encoding.UTF8.GetBytes(_credential.Password);
        var hashBytes = Hmac([], []).Length;
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, first.Salt, first.Iterations, _hash, hashBytes);
        var clientKey = Hmac(salted, "Client Key"u8);
        var serverKey = Hmac(salted, "Server Key"u8);
        var storedKey = CryptographicOperations.HashData(_hash, clientKey);
        var proof = Hmac(storedKey, message);
        for (var i = 0; i < proof.Length; i++)
        {
            proof[i] ^= clientKey[i];
        }

        _serverSignature = Hmac(serverKey, message);
        foreach (var secret in new[] { password, salted, clientKey, serverKey, storedKey })
        {
            CryptographicOperations.ZeroMemory(secret);
        }

        return Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
    }

    /// <summary>The broker proves that it knows the password too; else anybody could pose as a broker.</summary>
    private void Check(ReadOnlySpan<byte> challenge)
    {
        var text = Encoding.UTF8.GetString(challenge);
        if (text.StartsWith("e=", StringComparison.Ordinal))
        {
            throw new SaslFault($"ended SCRAM with the error '{SaslText.Tame(text[2..])}'");
        }

        var signature = new byte[_serverSignature!.Length];
        if (!text.StartsWith("v=", StringComparison.Ordinal)
            || !Convert.TryFromBase64String(text[2..].Split(',')[0], signature, out var length)
            || length != signature.Length
            || !CryptographicOperations.FixedTimeEquals(signature, _serverSignature))
        {
            throw new SaslFault(
                "did not prove that it knows the password (its SCRAM signature is wrong): it may be no broker of this cluster");
        }
    }

    private byte[] Hmac(byte[] key, ReadOnlySpan<byte> data) => CryptographicOperations.HmacData(_hash, key, data);
}

/// <summary>The broker's first message: <c>r=nonce,s=salt,i=iterations</c>.</summary>
/// <param name="Text">As it came, for the signatures.</param>
/// <param name="Nonce">Ours, continued by the broker's.</param>
/// <param name="Salt">Of the stored password.</param>
/// <param name="Iterations">How often the password is hashed.</param>
internal readonly record struct ScramServerFirst(string Text, string Nonce, byte[] Salt, int Iterations)
{
    /// <summary>The least that RFC 7677 and Kafka allow: fewer make a stolen exchange easy to guess.</summary>
    public const int LeastIterations = 4096;

    /// <summary>Kafka itself stores 16,384 at most; a million takes the connect task about half a second, once per connection.</summary>
    public const int MostIterations = 1_000_000;

    private const int LongestMessage = 4096;

    /// <summary>Reads it, for a client's nonce.</summary>
    /// <exception cref="SaslFault">It is no such message, or asks for what must not be.</exception>
    public static ScramServerFirst Read(ReadOnlySpan<byte> message, string clientNonce)
    {
        if (message.Length > LongestMessage)
        {
            throw new SaslFault($"sent a SCRAM message of {message.Length} bytes; the limit is {LongestMessage}");
        }

        var text = Encoding.UTF8.GetString(message);
        if (text.StartsWith("e=", StringComparison.Ordinal))
        {
            throw new SaslFault($"ended SCRAM with the error '{SaslText.Tame(text[2..])}'");
        }

        var fields = text.Split(',');
        var salt = new byte[message.Length];
        if (fields is not [['r', '=', .. var nonce], ['s', '=', .. var salt64], ['i', '=', .. var count], ..]
            || !Convert.TryFromBase64String(salt64, salt, out var saltBytes)
            || saltBytes == 0
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations))
        {
            throw new SaslFault("sent what is no first message of a SCRAM server");
        }

        if (!nonce.StartsWith(clientNonce, StringComparison.Ordinal) || nonce.Length == clientNonce.Length)
        {
            throw new SaslFault("answered with a SCRAM nonce that does not continue ours: it may replay an exchange of somebody else's");
        }

        return iterations is >= LeastIterations and <= MostIterations
            ? new(text, nonce, salt[..saltBytes], iterations)
            : throw new SaslFault($"asks for {iterations} SCRAM iterations; the limits are {LeastIterations} and {MostIterations}: store "
                + "the user's password with a number between them (kafka-configs.sh, SCRAM-SHA-256=[iterations=8192,password=...])");
    }
}
