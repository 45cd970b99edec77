namespace Rx.Kafka.Memory;

/// <summary>What one partition holds of the buffer memory, and what it waits for. Guarded by the pool's lock.</summary>
/// <param name="queueDrainer">Queues the work item that places waiting records; called without the pool's lock.</param>
internal sealed class PartitionMemory(Action queueDrainer)
{
    public static IComparer<PartitionMemory> ServingOrder { get; } = Comparer<PartitionMemory>.Create(static (a, b) =>
        a.RankBytes != b.RankBytes ? a.RankBytes.CompareTo(b.RankBytes) : a.RankTime.CompareTo(b.RankTime));

    public BrokerMemory Broker { get; set; } = null!;

    /// <summary>Bytes held, reserved ones included.</summary>
    public long Bytes { get; set; }

    /// <summary>What it waits for; none when it does not wait.</summary>
    public MemoryRequest Wanted { get; set; }

    /// <summary>Memory that was set aside for it when its turn came; its drainer takes it.</summary>
    public ReservedMemory? Reserved { get; set; }

    /// <summary>The account's bytes at the moment it was ranked (a sorted set must not see them change).</summary>
    public long RankBytes { get; set; }

    /// <summary>When it began to wait, as a running number.</summary>
    public long RankTime { get; set; }

    public void QueueDrainer() => queueDrainer();
}

/// <summary>What the partitions of one broker hold together (all leaderless ones count as one broker). Guarded by the pool's lock.</summary>
internal sealed class BrokerMemory
{
    /// <summary>Bytes held by the broker's partitions.</summary>
    public long Bytes { get; set; }

    /// <summary>How many channels the broker leads.</summary>
    public int Channels { get; set; }

    /// <summary>Partitions that wait for memory: least own bytes first, then longest waiting.</summary>
    public SortedSet<PartitionMemory> Waiting { get; } = new(PartitionMemory.ServingOrder);
}

/// <summary>Memory for one more chunk.</summary>
/// <param name="Minimum">The bytes the next record needs in one piece.</param>
/// <param name="Overhead">What the batch keeps beside its bytes: charged, not allocated here.</param>
internal readonly record struct MemoryRequest(int Minimum, int Overhead)
{
    public bool IsNone => Minimum == 0;
}

/// <summary>A chunk and the overhead that was charged with it.</summary>
internal sealed record ReservedMemory(byte[] Chunk, int Overhead);

/// <summary>What a batch is charged beside its chunks, in bytes.</summary>
/// <param name="Base">Always.</param>
/// <param name="Largest">The most that opening one charges.</param>
internal readonly record struct BatchOverhead(int Base, int Largest);
