using Rx.Kafka.Protocol;

namespace Rx.Kafka;

/// <summary>
/// Why a record was not acknowledged. A value that the outcomes of many records share; an exception is made of it only where an await
/// throws.
/// </summary>
/// <param name="Code">The kind of failure.</param>
/// <param name="Message">What happened, with the value, the limit and the remedy.</param>
/// <param name="Persistence">What is known about the record being on the log.</param>
/// <param name="BrokerErrorCode">The broker's error code (Kafka protocol, "Error Codes"); null when no broker refused the record.</param>
/// <param name="IsFatal">True when the producer has ended and must be replaced.</param>
/// <param name="Cause">The exception behind it; null = there is none.</param>
public sealed record ProduceError(
    ProduceErrorCode Code, string Message, Persistence Persistence = Persistence.NotPersisted, short? BrokerErrorCode = null,
    bool IsFatal = false, Exception? Cause = null)
{
    /// <summary>What a <c>default(Delivery)</c> has for an error.</summary>
    internal static ProduceError OfNoDelivery { get; } =
        new(ProduceErrorCode.InvalidRecord, "This is default(Delivery), no record's outcome.");

    /// <summary>
    /// Whether the same record may succeed when it is sent again to this producer later: what failed was a matter of time, not of the
    /// record, its topic's name or a permission. Before sending again look at <see cref="Persistence"/> too: unless it is <see
    /// cref="Persistence.NotPersisted"/>, the log may then hold the record twice.
    /// </summary>
    public bool IsTransient => !IsFatal && Code switch
    {
        ProduceErrorCode.MetadataTimeout or ProduceErrorCode.BufferFull or ProduceErrorCode.DeliveryTimeout => true,
        ProduceErrorCode.Omitted => true,
        ProduceErrorCode.TopicUnknown => BrokerErrorCode is { } code && ErrorTable.Get(code).Retriable,

        // No code: the answer never came, and no retries were left.
        ProduceErrorCode.Broker => BrokerErrorCode is not { } code || ErrorTable.Get(code).Retriable || IsAboutNumbers(code),
        _ => false,
    };

    /// <summary>What it is called in metrics and spans: Kafka's name of the error, else the code's.</summary>
    internal string Name => BrokerErrorCode is { } code ? ErrorTable.Get(code).Name : Code.ToString();

    /// <summary>An exception of its own for whoever must throw: a shared one would gather foreign stack traces.</summary>
    /// <returns>A new exception that carries this error.</returns>
    public KafkaProduceException ToException() => new(this);

    /// <summary>The code and the message, for logs.</summary>
    /// <returns>For example <c>DeliveryTimeout: Not acknowledged after …</c>.</returns>
    public override string ToString() => $"{Code}: {Message}";

    // A record that is sent again gets new numbers.
    private static bool IsAboutNumbers(short code) =>
        code is ErrorCodes.OutOfOrderSequenceNumber or ErrorCodes.InvalidProducerEpoch or ErrorCodes.UnknownProducerId;
}

/// <summary>Why a record was not acknowledged.</summary>
public enum ProduceErrorCode
{
    /// <summary>
    /// The record itself cannot be sent: no topic, a partition that does not exist, memory that cannot be read. Correct the record.
    /// </summary>
    InvalidRecord,

    /// <summary>A serializer failed.</summary>
    Serialization,

    /// <summary>
    /// The record is larger than <see cref="KafkaProducerOptions.MaxRequestSize"/>, <see cref="KafkaProducerOptions.BufferMemory"/> or
    /// the broker's <c>message.max.bytes</c>.
    /// </summary>
    RecordTooLarge,

    /// <summary>No metadata of the topic came within <see cref="KafkaProducerOptions.MaxBlock"/>: is a broker reachable?</summary>
    MetadataTimeout,

    /// <summary>The brokers do not know the topic, or its name is invalid.</summary>
    TopicUnknown,

    /// <summary>No memory became free within <see cref="KafkaProducerOptions.MaxBlock"/>: the brokers are slower than the source.</summary>
    BufferFull,

    /// <summary>Not acknowledged within <see cref="KafkaProducerOptions.DeliveryTimeout"/>.</summary>
    DeliveryTimeout,

    /// <summary>Not sent because an earlier record of the same sink and partition failed and the sink halts on failure.</summary>
    Omitted,

    /// <summary>The broker refused it: see <see cref="ProduceError.BrokerErrorCode"/>.</summary>
    Broker,

    /// <summary>Not allowed by the broker's access rules.</summary>
    Authorization,

    /// <summary>The credentials were refused.</summary>
    Authentication,

    /// <summary>Another producer took over this transactional id.</summary>
    Fenced,

    /// <summary>The producer was disposed, or had ended with a fatal error.</summary>
    Closed,

    /// <summary>Given up by <see cref="KafkaProducer.PurgeAsync"/> or by an aborted transaction.</summary>
    Aborted,
}
