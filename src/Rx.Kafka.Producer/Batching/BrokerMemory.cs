namespace Rx.Kafka.Batching;

/// <summary>What the partitions of one broker hold together (all leaderless ones count as one broker). Guarded by the pool's lock.</summary>
internal sealed class BrokerMemory
{
    /// <summary>Bytes held by the broker's partitions.</summary>
    public long Bytes { get; set; }

    /// <summary>How many channels the broker leads.</summary>
    public int Channels { get; set; }

    /// <summary>Partitions that wait for memory: least own bytes first, then longest waiting.</summary>
    public SortedSet<MemoryAccount> Waiting { get; } = new(MemoryAccount.ServingOrder);
}
