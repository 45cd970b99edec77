namespace Rx.Kafka.Partitioning;

/// <summary>
/// KIP-794's table: partitions with less to carry are drawn more often. Owned by its partitioner, used and rebuilt under its locks.
/// </summary>
/// <remarks>
/// The KIP weighs queue lengths in batches, w = max + 1 − length. Here lengths are bytes, so that the unit is a batch's worth of bytes: w
/// = max + unit − bytes. An open batch counts for what is in it, so partitions with less than a batch each differ by a factor of two at
/// most. And where the KIP leaves the longest queue a weight of 1, one that weighs next to nothing beside the lightest load is left out:
/// a third of all partitions on a dead broker would otherwise go on getting records, a few each, until all memory is theirs.
/// </remarks>
internal sealed class LoadTable
{
    /// <summary>One that carries more than 15 batches' worth above the least is left out until it has caught up.</summary>
    private const int Negligible = 16;

    private long[] _cumulative = [];
    private int[] _partitions = [];
    private int _count;

    /// <summary>What the topic was like when the table was made; null while there is no table and all partitions weigh the same.</summary>
    public TopicPartitions? Partitions { get; private set; }

    /// <summary>Rebuilds the table. There is none when it would say nothing: one partition, all alike, or all left out.</summary>
    /// <param name="partitions">The topic; only partitions with a leader are drawn.</param>
    /// <param name="load">What they carry.</param>
    /// <param name="unit">The bytes that weigh as much as one batch in the KIP.</param>
    /// <param name="isStalled">Leaves partitions out that have bytes waiting and whose leader takes none.</param>
    public void Rebuild(TopicPartitions partitions, PartitionLoad load, long unit, Func<int, bool>? isStalled)
    {
        Partitions = null;
        _count = 0;
        var available = partitions.Available;
        if (partitions.Count < 2 || available.IsEmpty)
        {
            return;
        }

        if (_partitions.Length < available.Length)
        {
            (_partitions, _cumulative) = (new int[available.Length], new long[available.Length]);
        }

        // Those of the rack alone, unless each of them is left out (KIP-1123).
        var isUseful = Collect(partitions.InRack, load, isStalled, out var least, out var most);
        if (_count == 0)
        {
            isUseful = Collect(available, load, isStalled, out least, out most);
        }

        if (isUseful)
        {
            Accumulate(most + unit, most + unit - least);
            Partitions = partitions;
        }
    }

    /// <summary>Takes what is not left out of some partitions, with their bytes.</summary>
    /// <returns>Whether a table of them would say anything.</returns>
    private bool Collect(ReadOnlySpan<int> candidates, PartitionLoad load, Func<int, bool>? isStalled, out long least, out long most)
    {
        (least, most) = (long.MaxValue, 0L);
        foreach (var partition in candidates)
        {
            var queued = load.Queued(partition);
            if (queued == 0 || isStalled is null || !isStalled(partition))
            {
                (_partitions[_count], _cumulative[_count]) = (partition, queued);
                _count++;
                (least, most) = (Math.Min(least, queued), Math.Max(most, queued));
            }
        }

        return _count > 0 && (least != most || _count < candidates.Length);
    }

    /// <summary>Draws a partition, but not <paramref name="avoid"/>; −1 when there is no other.</summary>
    public int Draw(Random random, int avoid)
    {
        var avoided = Array.BinarySearch(_partitions, 0, _count, avoid);
        var start = avoided > 0 ? _cumulative[avoided - 1] : 0;
        var weight = avoided >= 0 ? _cumulative[avoided] - start : 0;
        var total = _cumulative[_count - 1] - weight;
        if (total == 0)
        {
            return -1;
        }

        // The avoided one's stretch is cut out of the line.
        var point = random.NextInt64(total);
        point += avoided >= 0 && point >= start ? weight : 0;

        // The first cumulative value above the point.
        var index = Array.BinarySearch(_cumulative, 0, _count, point + 1);
        return _partitions[index >= 0 ? index : ~index];
    }

    private void Accumulate(long ceiling, long greatest)
    {
        var (sum, kept) = (0L, 0);
        for (var i = 0; i < _count; i++)
        {
            var weight = ceiling - _cumulative[i];
            if (weight >= greatest / Negligible)
            {
                sum += weight;
                (_partitions[kept], _cumulative[kept]) = (_partitions[i], sum);
                kept++;
            }
        }

        _count = kept;
    }
}
