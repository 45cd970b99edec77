namespace Rx.Kafka.Properties.Memory;

/// <summary>Design 4.2 in plain code: what a partition may take, said once more and slowly.</summary>
internal sealed class PoolModel(long total, int chunkBytes, int maximumOverhead)
{
    /// <summary>Per partition: the broker that leads it and the bytes it holds.</summary>
    public List<(int Broker, long Bytes)> Partitions { get; } = [];

    public long Free => total - Partitions.Sum(static p => p.Bytes);

    /// <summary>
    /// The size of the chunk a partition would get: the largest power of two that is at most free / (2 × channels), from 2 KiB to the
    /// usual size; or the record's own size.
    /// </summary>
    public long ChunkFor(int minimum)
    {
        var fair = Free / (2.0 * Partitions.Count);
        long chunk = chunkBytes;
        if (fair < chunkBytes)
        {
            chunk = 2048;
            for (var power = 2048; power <= fair && power <= chunkBytes; power *= 2)
            {
                chunk = power;
            }
        }

        return Math.Max(chunk, minimum);
    }

    /// <summary>Whether a partition may take a chunk now, and which size.</summary>
    public bool Takes(int partition, int minimum, int overhead, out long chunk)
    {
        chunk = ChunkFor(minimum);
        var needed = chunk + overhead;
        var (broker, own) = Partitions[partition];
        var ofBroker = Partitions.Where(p => p.Broker == broker).ToArray();
        var brokerBytes = ofBroker.Sum(static p => p.Bytes);
        var starving = own == 0 && needed <= chunkBytes + maximumOverhead;
        var modest = own < Free / (2L * ofBroker.Length);
        return needed <= Free && own <= Free && (brokerBytes <= 4 * Free || (brokerBytes <= total / 10 * 9 && (starving || modest)));
    }
}
