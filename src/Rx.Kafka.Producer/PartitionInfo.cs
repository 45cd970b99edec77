namespace Rx.Kafka;

/// <summary>One partition of a topic, as the brokers describe it.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Partition">The partition, from 0.</param>
/// <param name="Leader">The leading broker's id, or null when there is none at the moment.</param>
/// <param name="Replicas">The ids of the brokers that hold it.</param>
/// <param name="InSyncReplicas">The ids of those that are in step with the leader.</param>
public sealed record PartitionInfo(string Topic, int Partition, int? Leader, IReadOnlyList<int> Replicas, IReadOnlyList<int> InSyncReplicas);
