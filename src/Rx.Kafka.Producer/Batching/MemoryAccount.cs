namespace Rx.Kafka.Batching;

/// <summary>What one partition holds of the buffer memory, and what it waits for. Guarded by the pool's lock.</summary>
/// <param name="queueDrainer">Queues the work item that places waiting records; called without the pool's lock.</param>
internal sealed class MemoryAccount(Action queueDrainer)
{
    public static IComparer<MemoryAccount> ServingOrder { get; } = Comparer<MemoryAccount>.Create(static (a, b) =>
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
