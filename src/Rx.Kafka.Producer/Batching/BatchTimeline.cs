namespace Rx.Kafka.Batching;

/// <summary>The batches of one broker's partitions by age, in two intrusive lists: the open ones (linger) and all without outcome (delivery timeout). One timer per broker serves both.</summary>
internal sealed class BatchTimeline(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly BatchList _open = new(static batch => ref batch.OpenLink);
    private readonly BatchList _undecided = new(static batch => ref batch.UndecidedLink);

    /// <summary>A batch was opened: reads the clock inside the lock, so that the lists stay sorted. Under the channel's gate.</summary>
    /// <returns>True when it is the oldest open one, so that the owner must set its timer.</returns>
    public bool Opened(ProducerBatch batch)
    {
        lock (_lock)
        {
            batch.OpenedAt = time.GetTimestamp();
            _open.AddLast(batch);
            _undecided.AddLast(batch);
            return _open.First == batch;
        }
    }

    public void Closed(ProducerBatch batch)
    {
        lock (_lock)
        {
            _open.Remove(batch);
        }
    }

    public void Decided(ProducerBatch batch)
    {
        lock (_lock)
        {
            _undecided.Remove(batch);
        }
    }

    /// <summary>Takes the oldest open batch off the list if it was opened at or before a time. Who walks the list unlinks under its lock, lets go, then takes the gate.</summary>
    public bool TryTakeOpen(long openedUpTo, out PartitionChannel channel, out long openedAt)
    {
        lock (_lock)
        {
            if (_open.First is { } batch && batch.OpenedAt <= openedUpTo)
            {
                _open.Remove(batch);
                channel = batch.Channel;
                openedAt = batch.OpenedAt;
                return true;
            }
        }

        channel = null!;
        openedAt = 0;
        return false;
    }

    /// <summary>When the oldest open batch was opened; long.MaxValue when there is none.</summary>
    public long OldestOpen()
    {
        lock (_lock)
        {
            return _open.First?.OpenedAt ?? long.MaxValue;
        }
    }

    /// <summary>The oldest batch without outcome. Only the owner decides batches, so it stays valid for the owner.</summary>
    public ProducerBatch? OldestUndecided()
    {
        lock (_lock)
        {
            return _undecided.First;
        }
    }

    /// <summary>All batches without outcome, oldest first. Owner.</summary>
    public List<ProducerBatch> Undecided()
    {
        lock (_lock)
        {
            return _undecided.ToList();
        }
    }

    /// <summary>Whether a batch of such a list is still one of them. Owner.</summary>
    public bool Holds(ProducerBatch batch)
    {
        lock (_lock)
        {
            return batch.UndecidedLink.List == _undecided;
        }
    }

    /// <summary>Takes over a batch of a partition that moved here, sorted in by age.</summary>
    public void Adopt(ProducerBatch batch, bool isOpen)
    {
        lock (_lock)
        {
            _undecided.Insert(batch);
            if (isOpen)
            {
                _open.Insert(batch);
            }
        }
    }

    /// <summary>Gives up a batch of a partition that moves away.</summary>
    /// <returns>Whether it was open here.</returns>
    public bool Abandon(ProducerBatch batch)
    {
        lock (_lock)
        {
            _undecided.Remove(batch);
            return _open.Remove(batch);
        }
    }
}
