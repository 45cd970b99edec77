using Rx.Kafka.Batching;
using Rx.Kafka.Metadata;
using Rx.Kafka.Partitioning;

namespace Rx.Kafka.Admission;

/// <summary>What the topics of one producer share.</summary>
internal sealed class AdmissionContext
{
    public static ProduceError Closed { get; } = new(ProduceErrorCode.Closed, "The producer was disposed before the record was accepted.");

    public required KafkaProducerOptions Options { get; init; }

    public required BatchingContext Batching { get; init; }

    public required ClusterMetadata Metadata { get; init; }

    /// <summary>The user's choice, as this producer uses it; null = by the key's hash, and sticky without key.</summary>
    public IPartitioner? Partitioner { get; init; }

    public required Func<Random> NewRandom { get; init; }

    /// <summary>Null where partitions with less to carry are not preferred.</summary>
    public LoadTimer? Loads { get; init; }
}
