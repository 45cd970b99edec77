using System.Security.Cryptography;
using System.Text;

namespace Rx.Kafka.Network.Security;

/// <summary>PLAIN (RFC 4616): one message, no answer but that it was taken.</summary>
internal sealed class PlainExchange(SaslCredential credential) : ISaslExchange
{
    private byte[] _message = [];

    /// <summary><c>[authzid] NUL authcid NUL passwd</c>; without an authzid the user acts as itself.</summary>
    public byte[] Begin() => _message = Encoding.UTF8.GetBytes($"\0{credential.UserName}\0{credential.Password}");

    public byte[]? Next(ReadOnlySpan<byte> challenge) => null;

    public string Explain(string words) => SaslText.Without(words, credential.Password);

    public void Dispose() => CryptographicOperations.ZeroMemory(_message);
}
