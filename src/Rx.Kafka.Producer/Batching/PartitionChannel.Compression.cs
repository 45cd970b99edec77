namespace Rx.Kafka.Batching;

/// <summary>A closed batch goes through its codec before it can be read; the order of the batches stays.</summary>
internal sealed partial class PartitionChannel
{
    private readonly BatchCompression? _compression;

    /// <summary>The oldest closed batch that waits for its codec: all before it have it, or are being compressed.</summary>
    private ProducerBatch? _toCompress;
    private ProducerBatch? _compressing;

    /// <summary>The batch that is being compressed was decided meanwhile: its memory goes back when the codec is done with it.</summary>
    private bool _isDecidedMeanwhile;

    /// <summary>How its batches are compressed; null = not at all.</summary>
    public BatchCompression? Compression => _compression;

    /// <summary>
    /// How many plain bytes a batch may take. Where the topic takes less than BatchSize nothing is left to an estimate.
    /// </summary>
    private int FillLimit => _compression is null || Limit.IsLearned ? Limit.Current : _compression.FillLimit(Limit.Current);

    /// <summary>The next batch to compress; null = none, or a caller still copies into it. Compressor.</summary>
    public ProducerBatch? BeginCompression()
    {
        _gate.Enter();
        var batch = _toCompress is { OpenCopies: 0 } next ? next : null;
        if (batch is not null)
        {
            _compressing = batch;
            _toCompress = NextToCompress(batch);
        }

        _gate.Exit();
        return batch;
    }

    /// <summary>The batch can be read now, unless it was decided meanwhile. Compressor.</summary>
    public void EndCompression(ProducerBatch batch)
    {
        _gate.Enter();
        batch.AwaitsCodec = false;
        _compressing = null;
        var isDecided = _isDecidedMeanwhile;
        _isDecidedMeanwhile = false;
        var notice = List(laneHasMore: false);
        _gate.Exit();
        if (isDecided)
        {
            Release(batch);
        }

        Tell(notice);
    }

    /// <summary>Under the gate, when a batch is closed.</summary>
    private void AwaitCodec(ProducerBatch batch)
    {
        if (_compression is { IsOn: true } compression)
        {
            batch.AwaitsCodec = true;
            _toCompress ??= batch;
            if (batch.OpenCopies == 0)
            {
                compression.Queue();
            }
        }
    }

    /// <summary>
    /// Under the gate. The oldest closed batch is to be decided without being sent: it needs no codec any more. One that runs is not
    /// waited for: it may be a user's, and take any time.
    /// </summary>
    private void SkipCodec(ProducerBatch oldest)
    {
        oldest.AwaitsCodec = false;
        if (oldest == _toCompress)
        {
            _toCompress = NextToCompress(oldest);
            _compression!.Queue();
        }
    }

    /// <summary>Whether a codec still reads and writes the memory of a decided batch; it releases the batch then. Owner.</summary>
    private bool IsHeldByCodec(ProducerBatch batch)
    {
        if (_compression is null)
        {
            return false;
        }

        _gate.Enter();
        var isHeld = batch == _compressing;
        _isDecidedMeanwhile |= isHeld;
        _gate.Exit();
        return isHeld;
    }

    // After a fall back to no codec at all, later batches wait for none.
    private static ProducerBatch? NextToCompress(ProducerBatch batch)
    {
        var next = batch.NextClosed;
        while (next is { AwaitsCodec: false })
        {
            next = next.NextClosed;
        }

        return next;
    }
}
