namespace Rx.Kafka;

/// <summary>Why a record was not acknowledged.</summary>
public enum ProduceErrorCode
{
    /// <summary>The record itself cannot be sent: no topic, a partition that does not exist, memory that cannot be read. Correct the record.</summary>
    InvalidRecord,

    /// <summary>A serializer failed.</summary>
    Serialization,

    /// <summary>The record is larger than <see cref="KafkaProducerOptions.MaxRequestSize"/>, <see cref="KafkaProducerOptions.BufferMemory"/> or the broker's <c>message.max.bytes</c>.</summary>
    RecordTooLarge,

    /// <summary>No metadata of the topic came within <see cref="KafkaProducerOptions.MaxBlock"/>: is a broker reachable?</summary>
    MetadataTimeout,

    /// <summary>The brokers do not know the topic, or its name is invalid.</summary>
    TopicUnknown,

    /// <summary>No memory became free within <see cref="KafkaProducerOptions.MaxBlock"/>: the brokers are slower than the source.</summary>
    BufferFull,

    /// <summary>Not acknowledged within <see cref="KafkaProducerOptions.DeliveryTimeout"/>.</summary>
    DeliveryTimeout,

    /// <summary>Not sent because an earlier record of the same face and partition failed and the face halts on failure.</summary>
    Omitted,

    /// <summary>The broker refused it: see <see cref="KafkaProduceException.BrokerErrorCode"/>.</summary>
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
