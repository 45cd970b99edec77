namespace Rx.Kafka.Memory;

/// <summary>What one partition holds of the buffer memory, and what it waits for. Guarded by the pool's lock.</summary>
/// <param name="queueDrainer">Queues the work item that places waiting records; called without the pool's lock.</param>
internal sealed class MemoryAccount(Action queueDrainer)
{
    private long _joined;

    /// <summary>Least own bytes first, then longest waiting.</summary>
    public static IComparer<MemoryAccount> ServingOrder { get; } = Comparer<MemoryAccount>.Create(static (a, b) =>
        a.RankBytes != b.RankBytes ? a.RankBytes.CompareTo(b.RankBytes) : a._joined.CompareTo(b._joined));

    public BrokerMemory Broker { get; private set; } = null!;

    /// <summary>Bytes held, reserved ones included.</summary>
    public long Bytes { get; private set; }

    /// <summary>What it waits for; none when it does not wait.</summary>
    public MemoryRequest Wanted { get; private set; }

    public bool Waits => Wanted.Minimum > 0;

    /// <summary>Memory that was set aside for it when its turn came; its drainer takes it.</summary>
    public ReservedMemory? Reserved { get; set; }

    /// <summary>The bytes that its place in the order is by: a sorted set breaks where a key changes in place.</summary>
    public long RankBytes { get; private set; }

    /// <summary>A broker leads it now: its bytes and its place in the order go there.</summary>
    public void LedBy(BrokerMemory broker)
    {
        if (Broker is { } old)
        {
            old.Channels--;
            old.Bytes -= Bytes;
            old.Waiting.Remove(this);
        }

        Broker = broker;
        broker.Channels++;
        broker.Bytes += Bytes;
        if (Waits)
        {
            broker.Waiting.Add(this);
        }
    }

    /// <summary>It holds more or (negative) less, which changes its place in the order too.</summary>
    public void Count(long bytes)
    {
        Bytes += bytes;
        Broker.Bytes += bytes;
        if (Waits)
        {
            Broker.Waiting.Remove(this);
            Rank();
        }
    }

    /// <summary>It waits, or waits for something else.</summary>
    /// <param name="request">What it waits for.</param>
    /// <param name="joined">The running number of its place, if it begins to wait.</param>
    /// <returns>Whether it begins to wait.</returns>
    public bool Wait(MemoryRequest request, long joined)
    {
        var waited = Waits;
        Wanted = request;
        if (!waited)
        {
            _joined = joined;
            Rank();
        }

        return !waited;
    }

    public void EndWait()
    {
        Broker.Waiting.Remove(this);
        Wanted = default;
    }

    public void QueueDrainer() => queueDrainer();

    private void Rank()
    {
        RankBytes = Bytes;
        Broker.Waiting.Add(this);
    }
}

/// <summary>What the partitions of one broker hold together; no leader counts as a broker too. Guarded by the pool's lock.</summary>
internal sealed class BrokerMemory
{
    /// <summary>Bytes held by the broker's partitions.</summary>
    public long Bytes { get; set; }

    /// <summary>How many channels the broker leads.</summary>
    public int Channels { get; set; }

    /// <summary>Partitions that wait for memory, in the order that they are served in.</summary>
    public SortedSet<MemoryAccount> Waiting { get; } = new(MemoryAccount.ServingOrder);
}

/// <summary>Memory for one more chunk.</summary>
/// <param name="Minimum">The bytes the next record needs in one piece.</param>
/// <param name="Overhead">What the batch keeps beside its bytes: charged, not allocated here.</param>
internal readonly record struct MemoryRequest(int Minimum, int Overhead);

/// <summary>A chunk and the overhead that was charged with it.</summary>
internal sealed record ReservedMemory(byte[] Chunk, int Overhead);
