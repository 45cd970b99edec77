namespace Rx.Kafka;

/// <summary>
/// How connections to brokers are protected: TLS, SASL, or both. What is null is not used, so <c>new SecurityOptions()</c> is plain text
/// without authentication. A value; its text shows no secret.
/// </summary>
/// <remarks>A transport of your own (<see cref="KafkaProducerOptions.Transport"/>) makes its connections itself: <see cref="Tls"/> does
/// nothing there.</remarks>
public sealed record SecurityOptions
{
    /// <summary>
    /// Encryption and certificates (<c>security.protocol</c> SSL or SASL_SSL). Default null: none; <c>new()</c> is TLS with the system's
    /// trusted certificates.
    /// </summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>How this client says who it is (<c>security.protocol</c> SASL_PLAINTEXT or SASL_SSL). Default null: not at all.</summary>
    public SaslOptions? Sasl { get; init; }
}
