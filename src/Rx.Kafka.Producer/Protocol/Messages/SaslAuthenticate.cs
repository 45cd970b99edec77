namespace Rx.Kafka.Protocol.Messages;

/// <summary>Carries one message of a SASL mechanism to the broker.</summary>
internal static class SaslAuthenticateRequest
{
    /// <summary>Writes the body.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="version">0-2.</param>
    /// <param name="authBytes">The mechanism's message; it may be empty.</param>
    public static void Write(ref KafkaWriter w, short version, ReadOnlySpan<byte> authBytes)
    {
        var flexible = ApiVersion.IsFlexible(ApiKey.SaslAuthenticate, version);
        w.RecordsLength(authBytes.Length, flexible); // AuthBytes: bytes have the length of records
        w.Raw(authBytes);
        w.NoTags(flexible);
    }
}

/// <summary>The broker's message of the mechanism, or why it refuses.</summary>
/// <param name="ErrorCode">0 = the exchange goes on, or is through.</param>
/// <param name="ErrorMessage">The broker's words; null = none.</param>
/// <param name="AuthBytes">The mechanism's message.</param>
/// <param name="SessionLifetimeMs">From v1: how long the session lasts (KIP-368); 0 = for ever.</param>
internal readonly record struct SaslAuthenticateResponse(short ErrorCode, string? ErrorMessage, byte[] AuthBytes, long SessionLifetimeMs)
{
    /// <summary>Reads the answer to a request of a version.</summary>
    /// <exception cref="MalformedDataException">The bytes are no such answer.</exception>
    public static SaslAuthenticateResponse Read(ref KafkaReader r, short version)
    {
        var flexible = ApiVersion.IsFlexible(ApiKey.SaslAuthenticate, version);
        var error = r.Int16(); // ErrorCode
        var message = r.String(flexible); // ErrorMessage
        var bytes = r.Bytes(flexible, out _).ToArray(); // AuthBytes
        var lifetime = version >= 1 ? r.Int64() : 0; // SessionLifetimeMs
        r.SkipTags(flexible);
        return new(error, message, bytes, lifetime);
    }
}
