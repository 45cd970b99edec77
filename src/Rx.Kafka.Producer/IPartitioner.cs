namespace Rx.Kafka;

/// <summary>
/// Chooses the partition of records that name none. A pure choice: called on the thread that offers the record, by many threads at once.
/// </summary>
public interface IPartitioner
{
    /// <summary>Chooses a partition.</summary>
    /// <param name="record">The record.</param>
    /// <param name="partitions">How many partitions the topic has and which have a leader now.</param>
    /// <returns>A partition from 0 to <see cref="TopicPartitions.Count"/> − 1; anything else, or an exception, fails the record with <see
    /// cref="ProduceErrorCode.InvalidRecord"/>.</returns>
    int Partition(in Record record, TopicPartitions partitions);
}

/// <summary>What a partitioner may know of a topic: how many partitions there are and which have a leader now.</summary>
public sealed class TopicPartitions
{
    private readonly int[] _available;

    /// <summary>Describes a topic; tests of partitioners make their own.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="count">The number of partitions, at least 1.</param>
    /// <param name="available">The partitions that have a leader now, ascending.</param>
    public TopicPartitions(string topic, int count, ReadOnlySpan<int> available)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Topic = topic;
        Count = count;
        _available = available.ToArray();
    }

    /// <summary>The topic's name.</summary>
    public string Topic { get; }

    /// <summary>The number of partitions, with or without a leader; at least 1.</summary>
    public int Count { get; }

    /// <summary>The partitions that have a leader now, ascending; may be empty.</summary>
    public ReadOnlySpan<int> Available => _available;
}

/// <summary>One partition of a topic, as the brokers describe it.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Partition">The partition, from 0.</param>
/// <param name="Leader">The leading broker's id, or null when there is none at the moment.</param>
/// <param name="Replicas">The ids of the brokers that hold it.</param>
/// <param name="InSyncReplicas">The ids of those that are in step with the leader.</param>
public sealed record PartitionInfo(
    string Topic, int Partition, int? Leader, IReadOnlyList<int> Replicas, IReadOnlyList<int> InSyncReplicas);
