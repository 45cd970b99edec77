namespace Rx.Kafka;

/// <summary>Chooses the partition of records that name none. A pure choice: called on the thread that offers the record, by many threads at once.</summary>
public interface IPartitioner
{
    /// <summary>Chooses a partition.</summary>
    /// <param name="record">The record.</param>
    /// <param name="partitions">How many partitions the topic has and which have a leader now.</param>
    /// <returns>A partition from 0 to <see cref="TopicPartitions.Count"/> − 1; anything else, or an exception, fails the record with <see cref="ProduceErrorCode.InvalidRecord"/>.</returns>
    int Partition(in Record record, TopicPartitions partitions);
}
