namespace Rx.Kafka.Testing.Sasl;

/// <summary>The brokers' side of one SASL exchange.</summary>
internal interface ISaslServer
{
    /// <summary>Takes a client's message.</summary>
    SaslReply Take(ReadOnlySpan<byte> message);
}

/// <summary>What a broker says to a client's message.</summary>
/// <param name="Bytes">The mechanism's message.</param>
/// <param name="IsComplete">Whether the client is who it says.</param>
/// <param name="Refusal">Why it is not; null = it may be.</param>
/// <param name="Until">When what it showed ends; null = never.</param>
internal readonly record struct SaslReply(byte[] Bytes, bool IsComplete = false, string? Refusal = null, DateTimeOffset? Until = null)
{
    public static SaslReply Complete { get; } = new([], IsComplete: true);

    /// <summary>In Kafka's words, which do not tell a wrong password from an unknown user.</summary>
    public static SaslReply Invalid(string mechanism) =>
        new([], Refusal: $"Authentication failed during authentication due to invalid credentials with SASL mechanism {mechanism}");
}
