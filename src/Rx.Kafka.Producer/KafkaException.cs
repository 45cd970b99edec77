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

/// <summary>
/// The await of one record was cancelled: the <see cref="OperationCanceledException"/> of this library, which says whether the record may
/// come into the log all the same.
/// </summary>
public class SendCanceledException : OperationCanceledException
{
    /// <summary>Makes an error.</summary>
    /// <param name="persistence">What is known about the record being on the log.</param>
    /// <param name="cancellationToken">The token that was cancelled.</param>
    public SendCanceledException(Persistence persistence, CancellationToken cancellationToken)
        : base(
            persistence == Persistence.NotPersisted
                ? "The send was cancelled before the record was accepted: it was withdrawn and is not sent."
                : "The await was cancelled after the record was accepted: it is on its way, and may come into the log.",
            cancellationToken) => Persistence = persistence;

    /// <summary>
    /// <see cref="Persistence.NotPersisted"/>: the record was withdrawn for certain. <see cref="Persistence.PossiblyPersisted"/>: it had
    /// been accepted and goes its way; sending it again may duplicate it.
    /// </summary>
    public Persistence Persistence { get; }
}

/// <summary>A record was not acknowledged: thrown by an await of it, a new object for each.</summary>
public class KafkaProduceException : KafkaException
{
    /// <summary>Makes an error.</summary>
    /// <param name="error">What became of the record; its message and its cause are the exception's too.</param>
    public KafkaProduceException(ProduceError error)
        : base((error ?? throw new ArgumentNullException(nameof(error))).Message, error.Cause) => Error = error;

    /// <summary>What became of the record: the same value that a <see cref="Delivery{T}"/> carries.</summary>
    public ProduceError Error { get; }

    /// <summary>The kind of failure: <see cref="ProduceError.Code"/>.</summary>
    public ProduceErrorCode Code => Error.Code;

    /// <summary>The broker's error code, or null: <see cref="ProduceError.BrokerErrorCode"/>.</summary>
    public short? BrokerErrorCode => Error.BrokerErrorCode;

    /// <summary>Whether the producer has ended: <see cref="ProduceError.IsFatal"/>.</summary>
    public bool IsFatal => Error.IsFatal;

    /// <summary>What is known about the record being on the log: <see cref="ProduceError.Persistence"/>.</summary>
    public Persistence Persistence => Error.Persistence;

    /// <summary>Whether the same record may succeed later: <see cref="ProduceError.IsTransient"/>.</summary>
    public bool IsTransient => Error.IsTransient;
}
