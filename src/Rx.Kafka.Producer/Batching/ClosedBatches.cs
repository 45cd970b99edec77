namespace Rx.Kafka.Batching;

/// <summary>A partition's closed batches, oldest first, linked through the batches themselves. Under the channel's gate.</summary>
internal struct ClosedBatches
{
    private ProducerBatch? _last;

    public ProducerBatch? First { get; private set; }

    /// <summary>The oldest can be taken: no copy into it is under way, and it has been through its codec.</summary>
    public readonly bool IsReadable => First is { OpenCopies: 0, AwaitsCodec: false };

    public void Add(ProducerBatch batch)
    {
        if (_last is null)
        {
            First = batch;
        }
        else
        {
            _last.NextClosed = batch;
        }

        _last = batch;
    }

    public ProducerBatch RemoveFirst()
    {
        var batch = First!;
        First = batch.NextClosed;
        _last = First is null ? null : _last;
        batch.NextClosed = null;
        return batch;
    }
}
