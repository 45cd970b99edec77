using Rx.Kafka.Batching;
using Rx.Kafka.Metadata;
using Rx.Kafka.Partitioning;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Admission;

/// <summary>What the topics of one producer share, and the errors of records that are not admitted.</summary>
internal sealed class AdmissionContext
{
    public static ProduceError Closed { get; } = new(ProduceErrorCode.Closed, "The producer was disposed before the record was accepted.");

    public required KafkaProducerOptions Options { get; init; }

    public required BatchingContext Batching { get; init; }

    public required ClusterMetadata Metadata { get; init; }

    public required Func<Random> NewRandom { get; init; }

    /// <summary>Null where partitions with less to carry are not preferred.</summary>
    public LoadTimer? Loads { get; init; }

    /// <summary>A topic that will not become usable by waiting.</summary>
    public ProduceError? TopicRefusal(string topic) => Metadata.TopicError(topic) switch
    {
        ErrorCodes.InvalidTopic => new(
            ProduceErrorCode.TopicUnknown,
            $"The brokers refuse the topic name '{topic}' as invalid. Use 1 to 249 of the characters a-z, A-Z, 0-9, '.', '_' and '-'.",
            BrokerErrorCode: ErrorCodes.InvalidTopic),
        ErrorCodes.TopicAuthorizationFailed => new(
            ProduceErrorCode.Authorization,
            $"This client may not write to topic '{topic}'. Grant its principal the WRITE and DESCRIBE operations.",
            BrokerErrorCode: ErrorCodes.TopicAuthorizationFailed),
        _ => null,
    };

    /// <summary>No metadata came within MaxBlock.</summary>
    public ProduceError TopicTimeout(string topic)
    {
        var waited = $"within MaxBlock ({Options.MaxBlock.TotalMilliseconds:0} ms)";
        if (Metadata.TopicError(topic) == ErrorCodes.UnknownTopicOrPartition)
        {
            var unknown = $"The brokers do not know topic '{topic}', and it was not created {waited}. "
                + "Create it, or let the brokers create topics (auto.create.topics.enable).";
            return new(ProduceErrorCode.TopicUnknown, unknown, BrokerErrorCode: ErrorCodes.UnknownTopicOrPartition);
        }

        var cause = Metadata.LastFailure;
        var text = $"No metadata of topic '{topic}' came {waited}. {cause?.Message ?? "Is a broker of BootstrapServers reachable?"}";
        return new(ProduceErrorCode.MetadataTimeout, text, Cause: cause);
    }

    /// <summary>No partition had memory within MaxBlock.</summary>
    public ProduceError TopicFull(string topic) => new(
        ProduceErrorCode.BufferFull,
        $"No memory became free for any partition of topic {topic} within MaxBlock ({Options.MaxBlock.TotalMilliseconds:0} ms) of "
        + $"BufferMemory ({Options.BufferMemory} bytes): the brokers are slower than the source. Raise either, or slow the source.");
}
