using System.Collections.Concurrent;

namespace Rx.Kafka.Outcomes;

/// <summary>
/// Where records of a halting sink have failed: partitions, which the loops of their lanes write and read, and topics of which a record was
/// refused before it had a partition. Any thread.
/// </summary>
internal sealed class HaltedPartitions
{
    private readonly ConcurrentDictionary<(string Topic, int Partition), ProduceError> _failures = new();

    private volatile bool _hasTopics;
    private ProduceError? _first;

    /// <summary>The first failure of all; null = none has failed.</summary>
    public ProduceError? First => Volatile.Read(ref _first);

    /// <summary>
    /// A record was refused, and nobody knows for which partition it was: nothing more is taken for its topic. Without a topic (of an
    /// element no record could be made) nothing more is taken at all.
    /// </summary>
    public void AddTopic(string topic, ProduceError error)
    {
        Add(topic, -1, error);
        _hasTopics = true;
    }

    /// <summary>Why later records of the topic are omitted; null = none was refused.</summary>
    public ProduceError? RefusalIn(string topic) => _hasTopics ? FailureIn(topic, -1) ?? FailureIn("", -1) : null;

    /// <summary>A record failed; the first failure is kept.</summary>
    public void Add(string topic, int partition, ProduceError error)
    {
        Interlocked.CompareExchange(ref _first, error, null);
        _failures.TryAdd((topic, partition), error);
    }

    /// <summary>Why later records of the partition are omitted; null = none has failed.</summary>
    public ProduceError? FailureIn(string topic, int partition) => _failures.GetValueOrDefault((topic, partition));
}
