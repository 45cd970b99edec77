namespace Rx.Kafka.Batching;

/// <summary>What somebody wants to know of a face's records, so that a batch keeps no more than that.</summary>
internal enum FaceInterest
{
    /// <summary>Nobody listens: a count is enough.</summary>
    None,

    /// <summary>Partition, offset and time of each record (Acks).</summary>
    Facts,

    /// <summary>The record too (Deliveries).</summary>
    Records,
}
