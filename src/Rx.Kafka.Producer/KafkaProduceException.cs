namespace Rx.Kafka;

/// <summary>Why a record was not acknowledged. Each await and each delivery gets an object of its own.</summary>
public class KafkaProduceException : KafkaException
{
    /// <summary>Makes an error.</summary>
    /// <param name="code">The kind of failure.</param>
    /// <param name="message">What happened, with the value, the limit and the remedy.</param>
    /// <param name="persistence">What is known about the record being on the log.</param>
    /// <param name="brokerErrorCode">The broker's code, if it answered.</param>
    /// <param name="isFatal">Whether the producer has ended.</param>
    /// <param name="innerException">The cause.</param>
    public KafkaProduceException(
        ProduceErrorCode code,
        string message,
        Persistence persistence = Persistence.NotPersisted,
        short? brokerErrorCode = null,
        bool isFatal = false,
        Exception? innerException = null)
        : base(message, innerException)
    {
        Code = code;
        Persistence = persistence;
        BrokerErrorCode = brokerErrorCode;
        IsFatal = isFatal;
    }

    /// <summary>The kind of failure.</summary>
    public ProduceErrorCode Code { get; }

    /// <summary>The broker's error code (Kafka protocol, "Error Codes"), or null when no broker refused the record.</summary>
    public short? BrokerErrorCode { get; }

    /// <summary>What is known about the record being on the log.</summary>
    public Persistence Persistence { get; }

    /// <summary>True when the producer has ended and must be replaced.</summary>
    public bool IsFatal { get; }
}
