namespace Rx.Kafka;

/// <summary>
/// Chooses the partition of records that name none. A pure choice: called on the thread that offers the record, by many threads at once.
/// Those that librdkafka and Kafka have by name are in <see cref="Partitioners"/>.
/// </summary>
public interface IPartitioner
{
    /// <summary>Chooses a partition.</summary>
    /// <param name="record">The record.</param>
    /// <param name="partitions">How many partitions the topic has and which have a leader now.</param>
    /// <returns>A partition from 0 to <see cref="TopicPartitions.Count"/> − 1, or <see cref="TopicPartitions.Any"/> to leave the record
    /// to the producer; anything else, or an exception, fails the record with <see cref="ProduceErrorCode.InvalidRecord"/>.</returns>
    int Partition(in Record record, TopicPartitions partitions);

    /// <summary>
    /// The partitioner that one producer uses: one that has state of its own, or needs chance, makes it here. Called once, by the
    /// producer's constructor, which throws what this throws. Default: this one itself.
    /// </summary>
    /// <param name="random">Chance for this producer's partitioner alone, seeded by <see cref="ProducerRuntime.Random"/>. It must not be
    /// used by two threads at once.</param>
    /// <returns>A partitioner, not null.</returns>
    IPartitioner ForProducer(Random random) => this;
}

/// <summary>What a partitioner may know of a topic: how many partitions there are and which have a leader now.</summary>
public sealed class TopicPartitions
{
    /// <summary>
    /// What a partitioner answers to leave a record to the producer, which then chooses as for records without key when it has no
    /// partitioner: sticky (KIP-794). It is no number that a wrong computation would give, such as −1.
    /// </summary>
    public const int Any = int.MinValue;

    private readonly int[] _available;
    private readonly int[] _inRack;

    /// <summary>Describes a topic; tests of partitioners make their own.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="count">The number of partitions, at least 1.</param>
    /// <param name="available">The partitions that have a leader now, ascending.</param>
    /// <param name="inRack">Those of them whose leader is in the producer's rack, ascending.</param>
    public TopicPartitions(string topic, int count, ReadOnlySpan<int> available, ReadOnlySpan<int> inRack = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Topic = topic;
        Count = count;
        _available = available.ToArray();
        _inRack = inRack.ToArray();
    }

    /// <summary>The topic's name.</summary>
    public string Topic { get; }

    /// <summary>The number of partitions, with or without a leader; at least 1.</summary>
    public int Count { get; }

    /// <summary>The partitions that have a leader now, ascending; may be empty.</summary>
    public ReadOnlySpan<int> Available => _available;

    /// <summary>
    /// The partitions whose leader is in <see cref="KafkaProducerOptions.ClientRack"/> now, ascending; empty where there is none, and
    /// without <see cref="KafkaProducerOptions.PartitionerRackAware"/>.
    /// </summary>
    public ReadOnlySpan<int> InRack => _inRack;
}

/// <summary>One partition of a topic, as the brokers describe it.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Partition">The partition, from 0.</param>
/// <param name="Leader">The leading broker's id, or null when there is none at the moment.</param>
/// <param name="Replicas">The ids of the brokers that hold it.</param>
/// <param name="InSyncReplicas">The ids of those that are in step with the leader.</param>
public sealed record PartitionInfo(
    string Topic, int Partition, int? Leader, IReadOnlyList<int> Replicas, IReadOnlyList<int> InSyncReplicas);
