using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Batching;

/// <summary>
/// Compresses one partition's closed batches on the scheduler, one after the other: partitions go in parallel, and no broker loop pays for
/// a codec. A batch that does not shrink, or whose codec throws, goes plain. Any thread queues; the owner falls back.
/// </summary>
internal sealed class BatchCompression
{
    /// <summary>
    /// A batch that compresses well takes more plain bytes than BatchSize, but never for more memory than this: larger batches gain
    /// nothing.
    /// </summary>
    private const int MostFilled = 256 * 1024;

    /// <summary>Room for batches that compress worse than the last ones.</summary>
    private const float Margin = 1.05f;

    private readonly PartitionChannel _channel;
    private readonly BatchingContext _context;
    private readonly Compression _preference;
    private readonly SerialWork _work;
    private int _choice;
    private float _ratio = 1;
    private float _growth = 1;

    public BatchCompression(PartitionChannel channel, BatchingContext context, Compression preference)
    {
        _channel = channel;
        _context = context;
        _preference = preference;
        _work = new SerialWork(Run, context.Scheduler);
    }

    /// <summary>Whether batches that are closed now go through a codec.</summary>
    public bool IsOn => _preference.Codecs[Volatile.Read(ref _choice)] is not null;

    /// <summary>A closed batch waits for its codec. Any thread, also under a gate; nothing runs inline.</summary>
    public void Queue() => _work.Queue();

    /// <summary>How many plain bytes come out as about so many compressed ones, after what was seen of this partition's batches.</summary>
    public int FillLimit(int limit) => IsOn
        ? (int)Math.Clamp(limit * (double)Volatile.Read(ref _growth), limit, Math.Max(limit, MostFilled))
        : limit;

    /// <summary>Whether there is a codec to go on with, if this one is refused.</summary>
    public bool CanFallBack(CompressionType refused) =>
        _preference.Types[_choice] != refused || _choice + 1 < _preference.Types.Count;

    /// <summary>Later batches take the next codec of the preference. Owner.</summary>
    /// <returns>The codec to go on with; null = they do already.</returns>
    public CompressionType? FallBack(CompressionType refused)
    {
        if (_preference.Types[_choice] != refused)
        {
            return null;
        }

        Volatile.Write(ref _choice, _choice + 1);
        Volatile.Write(ref _growth, 1);
        return _preference.Types[_choice];
    }

    private void Run()
    {
        while (_channel.BeginCompression() is { } batch)
        {
            // Read once: the owner may fall back meanwhile.
            var choice = Volatile.Read(ref _choice);
            if (_preference.Codecs[choice] is { } codec)
            {
                Compress(batch, codec, _preference.Types[choice]);
            }

            _channel.EndCompression(batch);
        }
    }

    private void Compress(ProducerBatch batch, ICompressionCodec codec, CompressionType type)
    {
        var buffer = CodecBuffer.Rent(batch.RecordBytes);
        try
        {
            codec.Compress(buffer.RecordsOf(batch), buffer);
            if (buffer.Length == 0)
            {
                throw new InvalidOperationException("The codec wrote nothing.");
            }

            Learn(batch.RecordBytes, buffer.Length);
            batch.TryReplaceRecords(type, buffer.Written);
        }
        catch (Exception e)
        {
            // The user's code may throw anything; the records are still there as they were.
            _context.Events.CodecThrew(type, _channel.Topic, _channel.Partition, e);
        }
        finally
        {
            buffer.Return();
        }
    }

    // As the Java client estimates: worse at once, better by small steps, so that few batches come out larger than BatchSize.
    private void Learn(int plain, int compressed)
    {
        const float Worse = 0.05f;
        const float Better = 0.005f;
        var seen = Math.Min(1, (float)compressed / plain);
        _ratio = seen > _ratio ? Math.Max(_ratio + Worse, seen) : Math.Max(_ratio - Better, seen);
        Volatile.Write(ref _growth, 1 / (_ratio * Margin));
    }
}
