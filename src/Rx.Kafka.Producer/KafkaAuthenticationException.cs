namespace Rx.Kafka;

/// <summary>
/// A broker and this client do not accept each other: wrong password, unknown user, a mechanism that is not enabled, a token that could
/// not be had, a certificate that one of them does not trust, TLS against plain text. The producer tries again at its longest reconnect
/// pause, and goes on when it succeeds.
/// </summary>
public class KafkaAuthenticationException : KafkaException
{
    /// <summary>Makes an error.</summary>
    /// <param name="message">What happened, with the mechanism and the remedy, without secrets.</param>
    /// <param name="innerException">The cause.</param>
    public KafkaAuthenticationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
