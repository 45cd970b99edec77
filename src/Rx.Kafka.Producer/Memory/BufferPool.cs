namespace Rx.Kafka.Memory;

/// <summary>
/// Owns the buffer memory: the lock around the ledger and the queue of partitions that wait. Others are told after the lock is left.
/// Any thread, also under a channel's gate.
/// </summary>
/// <remarks>
/// Under the lock it calls nobody but the clock: <see cref="TimeProvider.GetTimestamp"/> and <see cref="ITimer.Change"/>.
/// Those it tells after that only queue work and set signals, because the caller may hold a gate.
/// The order of locks is in docs/design.md §2.
/// </remarks>
internal sealed class BufferPool : IDisposable
{
    private readonly Lock _lock = new();
    private readonly MemoryLedger _ledger;
    private readonly WaitingPartitions _queue;
    private readonly List<Action> _freed = [];

    /// <param name="totalBytes">The ledger's limit.</param>
    /// <param name="batchSize">The batch size that the chunk size follows.</param>
    /// <param name="overhead">What a batch is charged beside its chunks.</param>
    /// <param name="time">For the turns of partitions that collect.</param>
    public BufferPool(long totalBytes, int batchSize, BatchOverhead overhead, TimeProvider time)
    {
        _ledger = new MemoryLedger(totalBytes, batchSize, overhead);
        _queue = new WaitingPartitions(_ledger, time, EndTurn);
    }

    /// <summary>Called without the lock when all open batches became due.</summary>
    public Action? Pressure { get; set; }

    /// <summary>Whether all open batches are due at once: somebody collects, or a partition that holds nothing waits.</summary>
    public bool IsUnderPressure => _queue.IsUnderPressure;

    public long Total => _ledger.Total;

    public long Used => _ledger.Used;

    /// <summary>Free chunks that are kept for later, in bytes; with <see cref="Used"/> never more than <see cref="Total"/>.</summary>
    public long Cached => _ledger.Cached;

    public void AddBroker(BrokerMemory broker)
    {
        lock (_lock)
        {
            _queue.AddBroker(broker);
        }
    }

    public void AddChannel(MemoryAccount partition, BrokerMemory broker)
    {
        lock (_lock)
        {
            partition.LedBy(broker);
            _ledger.Channels++;
        }
    }

    /// <summary>
    /// The partition's leadership moved: its bytes and its place in the queue go with it, and what it may take is another share.
    /// </summary>
    public void MoveChannel(MemoryAccount partition, BrokerMemory broker)
    {
        var news = new MemoryNews { IsFreed = true };
        lock (_lock)
        {
            partition.LedBy(broker);
            _queue.Serve(ref news);
        }

        Tell(news);
    }

    /// <summary>One call when a record without key may find room in some partition again.</summary>
    public void CallWhenFreed(Action drainTopic)
    {
        lock (_lock)
        {
            if (!_freed.Contains(drainTopic))
            {
                _freed.Add(drainTopic);
            }
        }
    }

    /// <summary>Takes a chunk and charges the overhead; null where the partition would have to wait. Under the channel's gate.</summary>
    public byte[]? TryTake(MemoryAccount partition, MemoryRequest request)
    {
        lock (_lock)
        {
            return TakeUnderLock(partition, request);
        }
    }

    /// <summary>Takes what was set aside for the partition, or a chunk; else the partition waits. One step, or a wake-up is lost.</summary>
    public byte[]? TakeOrWait(MemoryAccount partition, MemoryRequest request)
    {
        byte[]? chunk;
        MemoryNews news = default;
        lock (_lock)
        {
            if (partition.Reserved is { } reserved && reserved.Chunk.Length >= request.Minimum && reserved.Overhead >= request.Overhead)
            {
                partition.Reserved = null;
                _ledger.Release(partition, [], reserved.Overhead - request.Overhead);
                return reserved.Chunk;
            }

            // What was set aside was for a record that has left the line.
            news.IsFreed = TryReleaseReserved(partition);
            chunk = TakeUnderLock(partition, request);
            if (chunk is null)
            {
                _queue.Join(partition, request);
                news.IsPressed = _queue.IsUnderPressure;
            }

            if (news.IsFreed)
            {
                _queue.Serve(ref news);
            }
        }

        Tell(news);
        return chunk;
    }

    /// <summary>
    /// The partition's line is empty: it waits no longer, what was set aside goes to others, and a record without key may come to it again.
    /// </summary>
    public void Leave(MemoryAccount partition)
    {
        var news = new MemoryNews { IsFreed = true };
        lock (_lock)
        {
            if (partition.Waits)
            {
                _queue.Leave(partition);
            }

            TryReleaseReserved(partition);
            _queue.Serve(ref news);
        }

        Tell(news);
    }

    /// <summary>Charges what a batch keeps beside its bytes; false where that would exceed the ledger. Under the channel's gate.</summary>
    public bool TryCharge(MemoryAccount partition, int bytes)
    {
        lock (_lock)
        {
            if (bytes > _ledger.Free)
            {
                return false;
            }

            _ledger.Charge(partition, bytes);
            return true;
        }
    }

    /// <summary>Gives back everything of a batch that has its outcome.</summary>
    public void Return(MemoryAccount partition, ReadOnlySpan<byte[]> chunks, int overhead)
    {
        var news = new MemoryNews { IsFreed = true };
        lock (_lock)
        {
            _ledger.Release(partition, chunks, overhead);
            _queue.Serve(ref news);
        }

        Tell(news);
    }

    public void Dispose() => _queue.Dispose();

    private byte[]? TakeUnderLock(MemoryAccount partition, MemoryRequest request) =>
        !_queue.Bars(partition) && _ledger.Fits(partition, request, out var chunk)
            ? _ledger.Take(partition, chunk, request.Overhead)
            : null;

    private bool TryReleaseReserved(MemoryAccount partition)
    {
        if (partition.Reserved is not { } reserved)
        {
            return false;
        }

        partition.Reserved = null;
        _ledger.Release(partition, [reserved.Chunk], reserved.Overhead);
        return true;
    }

    private void EndTurn()
    {
        MemoryNews news = default;
        lock (_lock)
        {
            news.IsFreed = _queue.TryEndTurn();
            _queue.Serve(ref news);
        }

        Tell(news);
    }

    /// <summary>Without the lock: what came of a change.</summary>
    private void Tell(MemoryNews news)
    {
        news.Served?.ForEach(static partition => partition.QueueDrainer());
        if (news.IsPressed)
        {
            Pressure?.Invoke();
        }

        if (news.IsFreed)
        {
            Action[] calls;
            lock (_lock)
            {
                calls = _freed.Count == 0 ? [] : [.. _freed];
                _freed.Clear();
            }

            Array.ForEach(calls, static call => call());
        }
    }
}
