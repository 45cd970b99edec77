namespace Rx.Kafka.Metadata;

/// <summary>Who leads a partition and who holds it.</summary>
/// <param name="LeaderId">-1 = no leader, or its broker is not in the snapshot.</param>
/// <param name="LeaderEpoch">-1 = unknown, or not to be trusted (Metadata below v9).</param>
/// <param name="Replicas">All replicas' brokers; not to be changed.</param>
/// <param name="InSync">Those in sync; not to be changed.</param>
internal readonly record struct PartitionMetadata(int LeaderId, int LeaderEpoch, int[] Replicas, int[] InSync)
{
    /// <summary>Nothing is known of it but that it exists.</summary>
    public static readonly PartitionMetadata Unknown = new(-1, -1, [], []);

    /// <summary>Equality by content.</summary>
    public bool SameAs(in PartitionMetadata other) =>
        LeaderId == other.LeaderId && LeaderEpoch == other.LeaderEpoch
        && Replicas.AsSpan().SequenceEqual(other.Replicas) && InSync.AsSpan().SequenceEqual(other.InSync);
}
