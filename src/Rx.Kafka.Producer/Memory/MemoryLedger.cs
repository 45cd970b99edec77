namespace Rx.Kafka.Memory;

/// <summary>
/// One ledger of all that batches without outcome hold, and the free chunks that are kept for later. Guarded by the pool's lock;
/// any thread reads <see cref="Used"/> and <see cref="Cached"/>.
/// </summary>
internal sealed class MemoryLedger
{
    private readonly MemoryLimits _limits;
    private readonly ChunkCache _chunks;
    private long _used;

    /// <param name="total">The limit, in bytes.</param>
    /// <param name="batchSize">The batch size that the chunk size follows.</param>
    /// <param name="overhead">What a batch is charged beside its chunks.</param>
    public MemoryLedger(long total, int batchSize, BatchOverhead overhead)
    {
        _limits = new MemoryLimits(total, Math.Clamp(batchSize, 4096, 65536), overhead);
        _chunks = new ChunkCache(_limits.Chunk);
    }

    public long Total => _limits.Total;

    public long Used => Volatile.Read(ref _used);

    public long Free => _limits.Total - _used;

    /// <summary>Whether there is less than the smallest batch takes.</summary>
    public bool IsFull => Free < MemoryThreshold.SmallestChunk + _limits.Overhead.Base;

    public long Cached => _chunks.Bytes;

    /// <summary>How many channels share the memory.</summary>
    public int Channels { get; set; }

    public long Needs(MemoryRequest request) => (long)ChunkFor(request.Minimum) + request.Overhead;

    public bool MayTake(MemoryAccount partition, long needed) => MemoryThreshold.MayTake(partition, needed, Free, _limits);

    /// <summary>Whether a partition may take what it asks for, and that much is free.</summary>
    public bool Fits(MemoryAccount partition, MemoryRequest request, out int chunk)
    {
        chunk = ChunkFor(request.Minimum);
        var needed = (long)chunk + request.Overhead;
        return needed <= Free && MayTake(partition, needed);
    }

    public byte[] Take(MemoryAccount partition, int chunk, int overhead)
    {
        var taken = _chunks.Rent(chunk);
        Charge(partition, (long)chunk + overhead);
        return taken;
    }

    public void Charge(MemoryAccount partition, long bytes)
    {
        Volatile.Write(ref _used, _used + bytes);
        partition.Count(bytes);

        // Free chunks are dropped before the budget would be exceeded.
        _chunks.Trim(Free);
    }

    public void Release(MemoryAccount partition, ReadOnlySpan<byte[]> chunks, long overhead)
    {
        var bytes = overhead;
        foreach (var chunk in chunks)
        {
            bytes += chunk.Length;
            _chunks.Return(chunk);
        }

        Volatile.Write(ref _used, _used - bytes);
        partition.Count(-bytes);
    }

    private int ChunkFor(int minimum) => MemoryThreshold.ChunkFor(minimum, _limits.Chunk, Free, Channels);
}
