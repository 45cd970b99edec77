using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Rx.Kafka.Partitioning;

/// <summary>Takes a topic's partitions in turn: those that have a leader, or all while none has one. Any thread.</summary>
internal sealed class RoundRobinPartitioner : IPartitioner
{
    // One counter a topic: with one for all, two topics written in turn would use every second partition only.
    private readonly ConcurrentDictionary<string, StrongBox<int>> _turns = new(StringComparer.Ordinal);

    public IPartitioner ForProducer(Random random) => new RoundRobinPartitioner();

    public int Partition(in Record record, TopicPartitions partitions)
    {
        var turn = (uint)Interlocked.Increment(ref _turns.GetOrAdd(partitions.Topic, static _ => new StrongBox<int>(-1)).Value);
        var available = partitions.Available;
        return available.IsEmpty ? (int)(turn % (uint)partitions.Count) : available[(int)(turn % (uint)available.Length)];
    }
}
