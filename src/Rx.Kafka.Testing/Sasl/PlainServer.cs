using System.Text;

namespace Rx.Kafka.Testing.Sasl;

/// <summary>PLAIN.</summary>
internal sealed class PlainServer(EmbeddedSaslOptions options) : ISaslServer
{
    public SaslReply Take(ReadOnlySpan<byte> message)
    {
        var parts = Encoding.UTF8.GetString(message).Split('\0');
        if (parts is not [var authorized, { Length: > 0 } user, { Length: > 0 } password])
        {
            return new([], Refusal: "Invalid SASL/PLAIN response: expected 3 tokens");
        }

        if (authorized.Length > 0 && authorized != user)
        {
            return new([], Refusal: "Authentication failed: Client requested an authorization id that is different from username");
        }

        return options.Users.TryGetValue(user, out var known) && known == password
            ? SaslReply.Complete
            : new([], Refusal: "Authentication failed: Invalid username or password");
    }
}
