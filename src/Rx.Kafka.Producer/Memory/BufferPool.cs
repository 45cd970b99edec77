namespace Rx.Kafka.Memory;

/// <summary>
/// Owns the buffer memory: one ledger of everything that batches without outcome hold, chunks of a few sizes, and the dynamic threshold that bounds each partition
/// (Choudhury and Hahne: what one may hold depends on what is free), so that a dead leader cannot take all memory and nobody configures anything.
/// </summary>
internal sealed class BufferPool : IDisposable
{
    private const int SmallestChunk = 2048;

    private readonly Lock _lock = new();
    private readonly long _total;
    private readonly int _chunkBytes;
    private readonly BatchOverhead _overhead;
    private readonly ChunkCache _chunks;
    private readonly LargeRequestTurn _turn;
    private readonly List<BrokerMemory> _brokers = [];
    private readonly List<Action> _freed = [];
    private long _used;
    private int _channels;
    private long _waitCount;
    private int _waiting;
    private bool _pressure;

    /// <param name="totalBytes">The ledger's limit.</param>
    /// <param name="batchSize">The batch size that the chunk size follows.</param>
    /// <param name="overhead">What a batch is charged beside its chunks.</param>
    /// <param name="time">For the turns of collecting waiters.</param>
    public BufferPool(long totalBytes, int batchSize, BatchOverhead overhead, TimeProvider time)
    {
        _total = totalBytes;
        _chunkBytes = Math.Clamp(batchSize, 4096, 65536);
        _overhead = overhead;
        _chunks = new ChunkCache(_chunkBytes);
        _turn = new LargeRequestTurn(time, EndTurn);
    }

    /// <summary>Called without a lock when all open batches became due, because somebody collects or a partition that holds nothing waits.</summary>
    public Action? Pressure { get; set; }

    /// <summary>Whether all open batches are due at once.</summary>
    public bool IsUnderPressure => Volatile.Read(ref _pressure);

    public long Total => _total;

    public long Used
    {
        get
        {
            lock (_lock)
            {
                return _used;
            }
        }
    }

    /// <summary>Free chunks that are kept for later, in bytes; with <see cref="Used"/> never more than <see cref="Total"/>.</summary>
    public long Cached
    {
        get
        {
            lock (_lock)
            {
                return _chunks.Bytes;
            }
        }
    }

    private long FreeBytes => _total - _used;

    public void AddBroker(BrokerMemory broker)
    {
        lock (_lock)
        {
            _brokers.Add(broker);
        }
    }

    public void AddChannel(PartitionMemory account, BrokerMemory broker)
    {
        lock (_lock)
        {
            account.Broker = broker;
            broker.Channels++;
            _channels++;
        }
    }

    /// <summary>The partition's leadership moved: its bytes and its place in line go with it.</summary>
    public void MoveChannel(PartitionMemory account, BrokerMemory broker)
    {
        News news = default;
        lock (_lock)
        {
            var waits = !account.Wanted.IsNone && account.Broker.Waiting.Remove(account);
            account.Broker.Channels--;
            account.Broker.Bytes -= account.Bytes;
            account.Broker = broker;
            broker.Channels++;
            broker.Bytes += account.Bytes;
            if (waits)
            {
                broker.Waiting.Add(account);
            }

            Serve(ref news);
        }

        Tell(news);
    }

    /// <summary>One call when memory comes back, or may be taken again: records without key wait for any partition.</summary>
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

    /// <summary>Takes a chunk, or null where the partition would have to wait; the overhead is charged with it. Under the channel's gate.</summary>
    public byte[]? TryTake(PartitionMemory account, MemoryRequest request)
    {
        lock (_lock)
        {
            return TakeUnderLock(account, request);
        }
    }

    /// <summary>Takes what was set aside for the account; if nothing was, takes a chunk; if it must wait, joins the line in the same step (else a wake-up is lost).</summary>
    public byte[]? TakeOrWait(PartitionMemory account, MemoryRequest request)
    {
        byte[]? chunk;
        News news = default;
        lock (_lock)
        {
            if (account.Reserved is { } reserved)
            {
                if (reserved.Chunk.Length >= request.Minimum && reserved.Overhead >= request.Overhead)
                {
                    account.Reserved = null;
                    ReleaseBytes(account, reserved.Overhead - request.Overhead);
                    return reserved.Chunk;
                }

                // The record it was for has left the line.
                ReleaseReserved(account);
                news.IsFreed = true;
            }

            chunk = TakeUnderLock(account, request);
            if (chunk is null)
            {
                Join(account, request);
                news.IsPressed = _pressure;
            }

            if (news.IsFreed)
            {
                Serve(ref news);
            }
        }

        // Without the lock, but the gate is held: it only queues work and sets signals.
        Tell(news);
        return chunk;
    }

    /// <summary>The account's line is empty: it waits no longer, and what was set aside goes to others.</summary>
    public void Leave(PartitionMemory account)
    {
        News news = default;
        lock (_lock)
        {
            if (!account.Wanted.IsNone)
            {
                news.IsFreed = _turn.Collector == account;
                RemoveFromLine(account);
            }

            if (account.Reserved is not null)
            {
                ReleaseReserved(account);
                news.IsFreed = true;
            }

            Serve(ref news);
        }

        Tell(news);
    }

    /// <summary>Charges what a batch keeps beside its bytes; false where that would exceed the ledger. Under the channel's gate.</summary>
    public bool TryCharge(PartitionMemory account, int bytes)
    {
        lock (_lock)
        {
            if (bytes > FreeBytes)
            {
                return false;
            }

            ChargeBytes(account, bytes);
            return true;
        }
    }

    /// <summary>Gives back everything of a batch that has its outcome.</summary>
    public void Return(PartitionMemory account, ReadOnlySpan<byte[]> chunks, int overhead)
    {
        var news = new News { IsFreed = true };
        lock (_lock)
        {
            long bytes = overhead;
            foreach (var chunk in chunks)
            {
                bytes += chunk.Length;
                _chunks.Return(chunk);
            }

            ReleaseBytes(account, bytes);
            Serve(ref news);
        }

        Tell(news);
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Without the lock: what came of a change.</summary>
    private void Tell(News news)
    {
        // Null for nearly every batch: an empty list here would be made anew each time.
        news.Served?.ForEach(static account => account.QueueDrainer());

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

    private int ChunkFor(int minimum)
    {
        var fair = FreeBytes / (2L * Math.Max(1, _channels));
        var chunk = _chunkBytes;
        if (fair < chunk)
        {
            chunk = SmallestChunk;
            while (chunk * 2 <= fair && chunk * 2 <= _chunkBytes)
            {
                chunk *= 2;
            }
        }

        return Math.Max(chunk, minimum);
    }

    private byte[]? TakeUnderLock(PartitionMemory account, MemoryRequest request)
    {
        if (_turn.Collector is not null && _turn.Collector != account)
        {
            return null;
        }

        var size = ChunkFor(request.Minimum);
        return Fits(account, (long)size + request.Overhead) ? TakeChunk(account, size, request.Overhead) : null;
    }

    private bool Fits(PartitionMemory account, long needed) => needed <= FreeBytes && MayTake(account, needed);

    private byte[] TakeChunk(PartitionMemory account, int size, int overhead)
    {
        var chunk = _chunks.Rent(size);
        ChargeBytes(account, (long)size + overhead);
        return chunk;
    }

    /// <summary>The dynamic threshold of one partition, and of its broker; the last clause keeps live partitions fed beside dead ones of the same broker.</summary>
    private bool MayTake(PartitionMemory account, long needed)
    {
        var free = FreeBytes;
        if (account.Bytes > free)
        {
            return false;
        }

        var broker = account.Broker;
        return broker.Bytes <= 4 * free
            || (broker.Bytes <= _total / 10 * 9
                && ((account.Bytes == 0 && needed <= _chunkBytes + _overhead.Largest) || account.Bytes < free / (2L * Math.Max(1, broker.Channels))));
    }

    private void Join(PartitionMemory account, MemoryRequest request)
    {
        if (!account.Wanted.IsNone)
        {
            account.Wanted = request;
            return;
        }

        account.Wanted = request;
        account.RankBytes = account.Bytes;
        account.RankTime = ++_waitCount;
        account.Broker.Waiting.Add(account);
        _waiting++;
        StartTurn(account);
        UpdatePressure();
    }

    private void RemoveFromLine(PartitionMemory account)
    {
        account.Broker.Waiting.Remove(account);
        account.Wanted = default;
        _waiting--;
        _turn.Forget(account);
        UpdatePressure();
    }

    private void UpdatePressure()
    {
        var pressure = _turn.Collector is not null;
        foreach (var broker in _brokers)
        {
            pressure |= broker.Waiting.Min is { RankBytes: 0 };
        }

        Volatile.Write(ref _pressure, pressure);
    }

    /// <summary>Sets memory aside for whoever waits and may take now.</summary>
    private void Serve(ref News news)
    {
        if (_waiting == 0)
        {
            return;
        }

        var wasPressed = _pressure;
        bool progress;
        do
        {
            progress = false;
            foreach (var broker in _brokers)
            {
                if (NextToServe(broker) is not { } account)
                {
                    continue;
                }

                var request = account.Wanted;
                var size = ChunkFor(request.Minimum);
                RemoveFromLine(account);
                account.Reserved = new ReservedMemory(TakeChunk(account, size, request.Overhead), request.Overhead);
                (news.Served ??= []).Add(account);
                progress = true;
            }
        }
        while (progress);
        UpdatePressure();
        news.IsPressed |= _pressure && !wasPressed;
    }

    /// <summary>The first of a broker's waiting partitions that may take what it wants. One that wants too much must not hold up those behind it, but it may collect.</summary>
    private PartitionMemory? NextToServe(BrokerMemory broker)
    {
        if (broker.Waiting.Min is not { } first)
        {
            return null;
        }

        if (_turn.Collector is { } collector)
        {
            return collector.Broker == broker && Fits(collector, Needs(collector)) ? collector : null;
        }

        if (Fits(first, Needs(first)))
        {
            return first;
        }

        foreach (var account in broker.Waiting)
        {
            // Those behind it hold as much or more.
            if (FreeBytes < SmallestChunk + _overhead.Base || !MayTake(account, 0))
            {
                StartTurn(first);
                return null;
            }

            if (Fits(account, Needs(account)))
            {
                return account;
            }

            StartTurn(account);
            if (_turn.Collector is not null)
            {
                return null;
            }
        }

        return null;
    }

    private long Needs(PartitionMemory account) => (long)ChunkFor(account.Wanted.Minimum) + account.Wanted.Overhead;

    /// <summary>A waiting partition's bytes change: its place in the order too, and a sorted set must not see that happen.</summary>
    private static void Rerank(PartitionMemory account)
    {
        if (!account.Wanted.IsNone)
        {
            account.Broker.Waiting.Remove(account);
            account.RankBytes = account.Bytes;
            account.Broker.Waiting.Add(account);
        }
    }

    /// <summary>One that may take, but finds too little free, collects for a turn.</summary>
    private void StartTurn(PartitionMemory account)
    {
        var needed = Needs(account);
        if (needed > FreeBytes && MayTake(account, needed) && _turn.MayStart)
        {
            _turn.Start(account);
        }
    }

    private void EndTurn()
    {
        News news = default;
        lock (_lock)
        {
            news.IsFreed = _turn.TryEnd();
            Serve(ref news);
        }

        Tell(news);
    }

    private void ChargeBytes(PartitionMemory account, long bytes)
    {
        _used += bytes;
        account.Bytes += bytes;
        account.Broker.Bytes += bytes;
        Rerank(account);

        // Free chunks are dropped before the budget would be exceeded.
        _chunks.Trim(_total - _used);
    }

    private void ReleaseBytes(PartitionMemory account, long bytes)
    {
        _used -= bytes;
        account.Bytes -= bytes;
        account.Broker.Bytes -= bytes;
        Rerank(account);
    }

    private void ReleaseReserved(PartitionMemory account)
    {
        var reserved = account.Reserved!;
        account.Reserved = null;
        ReleaseBytes(account, (long)reserved.Chunk.Length + reserved.Overhead);
        _chunks.Return(reserved.Chunk);
    }

    /// <summary>What came of a change, to be told when the lock is left.</summary>
    private struct News
    {
        public List<PartitionMemory>? Served;
        public bool IsPressed;
        public bool IsFreed;
    }
}
