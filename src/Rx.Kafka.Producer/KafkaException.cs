namespace Rx.Kafka;

/// <summary>The base of the errors of this library; thrown itself by calls that are not about one record.</summary>
public class KafkaException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="message">What happened, with the value, the limit and the remedy.</param>
    /// <param name="innerException">The cause.</param>
    public KafkaException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
