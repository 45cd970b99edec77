namespace Rx.Kafka.Batching;

/// <summary>A list of batches by the time they were opened, linked through the batches themselves.</summary>
internal sealed class BatchList(BatchList.LinkOf linkOf)
{
    private ProducerBatch? _last;

    public delegate ref BatchLink LinkOf(ProducerBatch batch);

    public ProducerBatch? First { get; private set; }

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
