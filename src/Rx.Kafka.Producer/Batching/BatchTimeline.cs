using System.Diagnostics.CodeAnalysis;

namespace Rx.Kafka.Batching;

/// <summary>
/// The batches of one broker's partitions by age, in two intrusive lists: the open ones (linger) and all without outcome (delivery
/// timeout). One timer per broker serves both. Here is also known whether linger gathers anything for this broker.
/// </summary>
internal sealed class BatchTimeline(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly BatchList _open = new(static batch => ref batch.OpenLink);
    private readonly BatchList _undecided = new(static batch => ref batch.UndecidedLink);

    /// <summary>How many batches lingered in vain, one after the other: see <see cref="BatchPolicy.IsLone"/>.</summary>
    private int _inVain;

    /// <summary>
    /// A batch was opened: reads the clock inside the lock, so that the lists stay sorted, and says whether it is a lone one. Under the
    /// channel's gate.
    /// </summary>
    /// <returns>True when it is the oldest open one, so that the owner must set its timer.</returns>
    public bool Opened(ProducerBatch batch)
    {
        lock (_lock)
        {
            batch.OpenedAt = time.GetTimestamp();
            var hasCompany = _undecided.First is not null;
            _inVain = BatchPolicy.InVain(_inVain, count: 0, batch.IsAwaited, hasLingered: false, hasCompany);
            batch.IsLone = BatchPolicy.IsLone(_inVain, batch.IsAwaited, hasCompany);
            _open.AddLast(batch);
            _undecided.AddLast(batch);
            return _open.First == batch;
        }
    }

    /// <param name="batch">The batch.</param>
    /// <param name="hasLingered">Whether it is closed because it is as old as linger.</param>
    public void Closed(ProducerBatch batch, bool hasLingered = false)
    {
        lock (_lock)
        {
            var hasCompany = _undecided.First != batch || batch.UndecidedLink.Next is not null;
            _inVain = BatchPolicy.InVain(_inVain, batch.Count, batch.IsAwaited, hasLingered, hasCompany);
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

    /// <summary>
    /// Takes the oldest open batch off the list if it was opened at or before a time. Who walks the list unlinks under its lock, lets go,
    /// then takes the gate.
    /// </summary>
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

    /// <summary>The oldest batch without outcome, if it has waited for longer than the delivery timeout. Owner.</summary>
    /// <param name="now">The timestamp.</param>
    /// <param name="timeout">The delivery timeout.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="next">With false: when the oldest one will have; long.MaxValue = there is none.</param>
    public bool TryPeekExpired(long now, long timeout, [NotNullWhen(true)] out ProducerBatch? batch, out long next)
    {
        batch = OldestUndecided();
        next = batch is null ? long.MaxValue : batch.OpenedAt + timeout;
        return batch is not null && next <= now;
    }

    /// <summary>Adds this broker's batches to a look. Any thread.</summary>
    public void AddTo(OutstandingWork look)
    {
        lock (_lock)
        {
            look.AddBatches(_open.Count, _undecided.Count, _undecided.First?.OpenedAt ?? long.MaxValue);
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

/// <summary>A list of batches by the time they were opened, linked through the batches themselves.</summary>
internal sealed class BatchList(BatchList.LinkOf linkOf)
{
    private ProducerBatch? _last;

    public delegate ref BatchLink LinkOf(ProducerBatch batch);

    public ProducerBatch? First { get; private set; }

    public int Count { get; private set; }

    public void AddLast(ProducerBatch batch) => InsertAfter(_last, batch);

    /// <summary>Sorts a batch in by age; looks from the young end, where a moved partition's batches mostly belong.</summary>
    public void Insert(ProducerBatch batch)
    {
        var previous = _last;
        while (previous is not null && previous.OpenedAt > batch.OpenedAt)
        {
            previous = linkOf(previous).Previous;
        }

        InsertAfter(previous, batch);
    }

    public bool Remove(ProducerBatch batch)
    {
        ref var link = ref linkOf(batch);
        if (link.List != this)
        {
            return false;
        }

        if (link.Previous is { } previous)
        {
            linkOf(previous).Next = link.Next;
        }
        else
        {
            First = link.Next;
        }

        if (link.Next is { } next)
        {
            linkOf(next).Previous = link.Previous;
        }
        else
        {
            _last = link.Previous;
        }

        link = default;
        Count--;
        return true;
    }

    public List<ProducerBatch> ToList()
    {
        var list = new List<ProducerBatch>();
        for (var batch = First; batch is not null; batch = linkOf(batch).Next)
        {
            list.Add(batch);
        }

        return list;
    }

    private void InsertAfter(ProducerBatch? previous, ProducerBatch batch)
    {
        ref var link = ref linkOf(batch);
        link.List = this;
        link.Previous = previous;
        Count++;
        if (previous is null)
        {
            link.Next = First;
            First = batch;
        }
        else
        {
            ref var previousLink = ref linkOf(previous);
            link.Next = previousLink.Next;
            previousLink.Next = batch;
        }

        if (link.Next is { } next)
        {
            linkOf(next).Previous = batch;
        }
        else
        {
            _last = batch;
        }
    }
}

/// <summary>A batch's place in one intrusive list.</summary>
internal struct BatchLink
{
    public ProducerBatch? Previous;
    public ProducerBatch? Next;
    public BatchList? List;
}
