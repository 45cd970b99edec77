namespace Rx.Kafka.Partitioning;

/// <summary>
/// Chooses the partition of one topic's records without key: the same one until a batch's worth of bytes is in it, then another by chance
/// (KIP-794). Any thread.
/// </summary>
/// <remarks>
/// How a record is placed: <see cref="Current"/>, append without opening a batch; where that would open one, <c>Appended(p, 0, true)</c>
/// and, if p is no longer current, again from the start, else append; then <see cref="Appended"/>. Where p would have to wait for memory,
/// <see cref="Refused"/> and again; to be sure that nobody has room, walk with <see cref="After"/> until the first it named comes again
/// (not p: the topic may have changed, and p be on the round no more). Where the rack counts (KIP-1123) partitions whose leader is in it
/// come first, if there are any: for a choice, and for a walk.
/// </remarks>
internal sealed class StickyPartitioner
{
    private const int None = int.MinValue;

    private readonly Lock _choosing = new();
    private readonly Lock _updating = new();
    private readonly Random _random;
    private readonly int _stickyBytes;
    private readonly bool _adaptive;
    private readonly TimeSpan _availabilityTimeout;

    // Choices are made with the one, the other is brought up to date meanwhile.
    private LoadTable _table = new();
    private LoadTable _spare = new();

    // High half: the partition, or None, or ~p when any but p is to be chosen. Low half: the bytes it got since it was chosen.
    private long _state = Pack(None, 0);

    // The topic as it was when the partition was last found good.
    private TopicPartitions? _known;

    /// <summary>Makes the partitioner of one topic.</summary>
    /// <param name="stickyBytes">After how many bytes to switch: BatchSize, at least 1.</param>
    /// <param name="adaptive">Whether partitions with less to carry are preferred.</param>
    /// <param name="availabilityTimeout">A partition whose leader took nothing for longer is left out while it has bytes waiting; zero =
    /// never.</param>
    /// <param name="random">Chance of this partitioner alone; used under its lock.</param>
    public StickyPartitioner(int stickyBytes, bool adaptive, TimeSpan availabilityTimeout, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stickyBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(availabilityTimeout, TimeSpan.Zero);
        _stickyBytes = stickyBytes;
        _adaptive = adaptive;
        _availabilityTimeout = availabilityTimeout;
        _random = random;
    }

    /// <summary>The partition for the next record: one with a leader, if any has one.</summary>
    public int Current(TopicPartitions partitions)
    {
        // In this order: whoever sees the new topic sees a partition chosen for it.
        var known = Volatile.Read(ref _known);
        var partition = PartitionOf(Volatile.Read(ref _state));
        return ReferenceEquals(known, partitions) && (uint)partition < (uint)partitions.Count ? partition : Choose(partitions);
    }

    /// <summary>Whether a partition is the current one still.</summary>
    public bool IsCurrent(int partition) => PartitionOf(Volatile.Read(ref _state)) == partition;

    /// <summary>
    /// Counts bytes appended to a partition, if it is current still. The next choice is due when a batch's worth is reached and every
    /// batch of the partition is full (else a small one would be left behind), or at twice that (else a short linger would keep the
    /// partition for good).
    /// </summary>
    /// <param name="partition">Where the record was put.</param>
    /// <param name="bytes">What it cost there, with what a batch opened for it costs; 0 only asks again.</param>
    /// <param name="batchesFull">Whether the partition's last batch can take no more, or there is none.</param>
    public void Appended(int partition, int bytes, bool batchesFull)
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (PartitionOf(state) != partition)
            {
                return;
            }

            var produced = (uint)state + (long)bytes;
            var isOver = produced >= _stickyBytes && (batchesFull || produced >= 2L * _stickyBytes);
            var next = isOver ? Pack(None, 0) : Pack(partition, produced);
            if (next == state || Interlocked.CompareExchange(ref _state, next, state) == state)
            {
                return;
            }
        }
    }

    /// <summary>
    /// A record would have to wait for memory in this partition: if it is current still, the next is any other one that has a leader.
    /// </summary>
    public void Refused(int partition)
    {
        var state = Volatile.Read(ref _state);
        while (PartitionOf(state) == partition)
        {
            var seen = Interlocked.CompareExchange(ref _state, Pack(~partition, 0), state);
            if (seen == state)
            {
                return;
            }

            state = seen;
        }
    }

    /// <summary>
    /// The next partition with a leader after this one, cyclic. To try all, stop when the first result comes again,
    /// whatever others choose meanwhile.
    /// </summary>
    public static int After(TopicPartitions partitions, int partition) =>
        partitions.Available.IsEmpty ? (partition + 1) % partitions.Count : After(partitions.Available, partition);

    /// <summary>The next of some partitions after this one, cyclic; there is one.</summary>
    public static int After(ReadOnlySpan<int> candidates, int partition)
    {
        var index = candidates.BinarySearch(partition);
        index = index >= 0 ? index + 1 : ~index;
        return candidates[index < candidates.Length ? index : 0];
    }

    /// <summary>Brings the preferences up to date; a timer calls it while records come. Does nothing when not adaptive.</summary>
    public void UpdateLoad(TopicPartitions partitions, PartitionLoad load, TimeProvider time)
    {
        if (_adaptive)
        {
            var now = time.GetTimestamp();
            Func<int, bool>? isStalled = _availabilityTimeout > TimeSpan.Zero
                ? partition => load.Leader(partition)?.IsLongerThan(_availabilityTimeout, time, now) is true
                : null;
            lock (_updating)
            {
                _spare.Rebuild(partitions, load, _stickyBytes, isStalled);
                lock (_choosing)
                {
                    (_table, _spare) = (_spare, _table);
                }
            }
        }
    }

    private int Choose(TopicPartitions partitions)
    {
        lock (_choosing)
        {
            while (true)
            {
                var state = Volatile.Read(ref _state);
                var partition = PartitionOf(state);
                var next = IsGood(partition, partitions)
                    ? state
                    : Pack(Draw(partitions, partition < 0 && partition != None ? ~partition : -1), 0);
                if (Interlocked.CompareExchange(ref _state, next, state) == state)
                {
                    Volatile.Write(ref _known, partitions);
                    return PartitionOf(next);
                }
            }
        }
    }

    private static bool IsGood(int partition, TopicPartitions partitions)
    {
        var candidates = Preferred(partitions);
        return (uint)partition < (uint)partitions.Count && (candidates.IsEmpty || candidates.BinarySearch(partition) >= 0);
    }

    /// <summary>Those of the rack, else those with a leader; empty = all alike.</summary>
    private static ReadOnlySpan<int> Preferred(TopicPartitions partitions) =>
        partitions.InRack.IsEmpty ? partitions.Available : partitions.InRack;

    private int Draw(TopicPartitions partitions, int avoid)
    {
        // A table of another time may name partitions that have no leader any more.
        if (ReferenceEquals(_table.Partitions, partitions) && _table.Draw(_random, avoid) is >= 0 and var drawn)
        {
            return drawn;
        }

        // The only one of the rack gives way to others.
        var candidates = Preferred(partitions);
        candidates = candidates.Length == 1 && candidates[0] == avoid ? partitions.Available : candidates;
        var count = candidates.IsEmpty ? partitions.Count : candidates.Length;
        var avoided = candidates.IsEmpty ? avoid : candidates.BinarySearch(avoid);
        var isAvoided = count > 1 && (uint)avoided < (uint)count;
        var index = _random.Next(isAvoided ? count - 1 : count);
        index += isAvoided && index >= avoided ? 1 : 0;
        return candidates.IsEmpty ? index : candidates[index];
    }

    private static int PartitionOf(long state) => (int)(state >> 32);

    private static long Pack(int partition, long bytes) => ((long)partition << 32) | (uint)Math.Min(bytes, uint.MaxValue);
}
