namespace Rx.Kafka.Metadata;

/// <summary>Hears of the cluster's changes, on the refresh loop; only posts.</summary>
internal interface IMetadataListener
{
    /// <summary>After each answer or leader hint that was taken.</summary>
    void SnapshotChanged(ClusterSnapshot snapshot);

    /// <summary>After each attempt that failed; the next is on its way.</summary>
    void RefreshFailed(Exception cause);
}
