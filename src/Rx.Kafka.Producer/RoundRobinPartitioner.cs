using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Rx.Kafka;

/// <summary>
/// Takes a topic's partitions in turn, record by record, whatever their keys: those that have a leader, or all while none has one.
/// </summary>
/// <remarks>
/// Many small batches are made so; use it where every partition must get the same number of records, and the default elsewhere. Kafka:
/// <c>RoundRobinPartitioner</c>.
/// </remarks>
public sealed class RoundRobinPartitioner : IPartitioner
{
    // One counter a topic: with one for all, two topics written in turn would use every second partition only.
    private readonly ConcurrentDictionary<string, StrongBox<int>> _turns = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public int Partition(in Record record, TopicPartitions partitions)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        var turn = (uint)Interlocked.Increment(ref _turns.GetOrAdd(partitions.Topic, static _ => new StrongBox<int>(-1)).Value);
        var available = partitions.Available;
        return available.IsEmpty ? (int)(turn % (uint)partitions.Count) : available[(int)(turn % (uint)available.Length)];
    }
}
