namespace Rx.Kafka.Partitioning;

/// <summary>
/// What a topic's partitions have to carry: bytes of closed batches that have no outcome yet, and how their leaders keep up. Lock-free;
/// channels and broker loops write it, partitioners read it.
/// </summary>
/// <param name="timer">Started when bytes leave; null where nobody prefers partitions with less to carry.</param>
internal sealed class PartitionLoad(LoadTimer? timer = null)
{
    private readonly Lock _growing = new();

    // Copied when the topic grows. The cells are shared by the copies, so that an addition during the copy is not lost.
    private Cell[] _cells = [];

    /// <summary>Counts bytes of a partition: more when its batch is closed, less (negative) when that is decided.</summary>
    public void Add(int partition, long bytes)
    {
        Interlocked.Add(ref At(partition).Queued, bytes);
        if (bytes < 0)
        {
            timer?.Start();
        }
    }

    /// <summary>The bytes of a partition's closed batches without outcome; never negative.</summary>
    public long Queued(int partition)
    {
        var cells = Volatile.Read(ref _cells);
        return (uint)partition < (uint)cells.Length ? Math.Max(0, Interlocked.Read(ref cells[partition].Queued)) : 0;
    }

    /// <summary>Names the stall mark of the broker that leads a partition; null while nobody does.</summary>
    public void Led(int partition, BrokerStall? leader) => Volatile.Write(ref At(partition).Leader, leader);

    /// <summary>The stall mark of the broker that leads a partition, if it is known.</summary>
    public BrokerStall? Leader(int partition)
    {
        var cells = Volatile.Read(ref _cells);
        return (uint)partition < (uint)cells.Length ? Volatile.Read(ref cells[partition].Leader) : null;
    }

    private Cell At(int partition)
    {
        var cells = Volatile.Read(ref _cells);
        return (uint)partition < (uint)cells.Length ? cells[partition] : Grow(partition);
    }

    private Cell Grow(int partition)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        lock (_growing)
        {
            var old = _cells;
            if (partition >= old.Length)
            {
                // Doubling: partitions usually come one by one, in order.
                var cells = new Cell[Math.Max(partition + 1, (int)Math.Min(2L * old.Length, Array.MaxLength))];
                old.CopyTo(cells, 0);
                for (var i = old.Length; i < cells.Length; i++)
                {
                    cells[i] = new Cell();
                }

                Volatile.Write(ref _cells, cells);
            }

            return _cells[partition];
        }
    }

    private sealed class Cell
    {
        public long Queued;
        public BrokerStall? Leader;
    }
}
