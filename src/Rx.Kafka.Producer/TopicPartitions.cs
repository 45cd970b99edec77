namespace Rx.Kafka;

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
