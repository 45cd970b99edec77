namespace Rx.Kafka.Testing.Brokers;

/// <summary>
/// The batches that a log keeps, by offset. Finding one takes the logarithm of their number: consumers begin anywhere, and often.
/// </summary>
internal sealed class StoredBatches
{
    private readonly List<StoredBatch> _batches = [];

    // Those before it were dropped; their places are given back once they are the half.
    private int _first;

    /// <summary>All bytes ever added; a batch knows how many were there before it.</summary>
    public long BytesAdded { get; private set; }

    /// <summary>The bytes that are kept.</summary>
    public long Bytes => BytesAdded - (_first < _batches.Count ? _batches[_first].Position : BytesAdded);

    /// <summary>Adds one whose <see cref="StoredBatch.Position"/> is <see cref="BytesAdded"/>.</summary>
    public void Add(StoredBatch batch)
    {
        _batches.Add(batch);
        BytesAdded += batch.Length;
    }

    /// <summary>Drops the oldest one and returns it; null = there is none.</summary>
    public StoredBatch? DropOldest()
    {
        if (_first == _batches.Count)
        {
            return null;
        }

        var oldest = _batches[_first++];
        if (_first * 2 >= _batches.Count)
        {
            _batches.RemoveRange(0, _first);
            _first = 0;
        }

        return oldest;
    }

    /// <summary>How many bytes lie from the batch of an offset on.</summary>
    public long BytesFrom(long offset) =>
        IndexOf(offset) is var index && index < _batches.Count ? BytesAdded - _batches[index].Position : 0;

    /// <summary>The batches from that of an offset on.</summary>
    public IEnumerable<StoredBatch> From(long offset)
    {
        for (var i = IndexOf(offset); i < _batches.Count; i++)
        {
            yield return _batches[i];
        }
    }

    /// <summary>The first batch that does not end before an offset.</summary>
    private int IndexOf(long offset)
    {
        var (low, high) = (_first, _batches.Count);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = _batches[middle].NextOffset > offset ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
