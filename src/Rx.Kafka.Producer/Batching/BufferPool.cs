namespace Rx.Kafka.Batching;

/// <summary>
/// Owns the buffer memory: one ledger of everything that batches without outcome hold, chunks of a few sizes, and the dynamic threshold that bounds each partition
/// (Choudhury and Hahne: what one may hold depends on what is free), so that a dead leader cannot take all memory and nobody configures anything.
/// </summary>
internal sealed class BufferPool : IDisposable
{
    private const int SmallestChunk = 2048;
    private static readonly TimeSpan CollectingTurn = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly long _total;
    private readonly int _chunkBytes;
    private readonly TimeProvider _time;
    private readonly ITimer _collectTimer;
    private readonly Dictionary<int, Stack<byte[]>> _free = [];
    private readonly List<BrokerMemory> _brokers = [];
    private readonly List<Action> _freed = [];
    private long _used;
    private long _cached;
    private int _channels;
    private long _waitCount;
    private int _waiting;
    private bool _pressure;
    private MemoryAccount? _collector;
    private TimeSpan _turn = CollectingTurn;
    private long _turnEnds;
    private long _noTurnBefore = long.MinValue;

    /// <param name="totalBytes">The ledger's limit.</param>
    /// <param name="batchSize">The batch size that the chunk size follows.</param>
    /// <param name="time">For the turns of collecting waiters.</param>
    public BufferPool(long totalBytes, int batchSize, TimeProvider time)
    {
        _total = totalBytes;
        _chunkBytes = Math.Clamp(batchSize, 4096, 65536);
        _time = time;
        _collectTimer = time.CreateTimer(static pool => ((BufferPool)pool!).EndTurn(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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

    private long FreeBytes => _total - _used;

    public void AddBroker(BrokerMemory broker)
    {
        lock (_lock)
        {
            _brokers.Add(broker);
        }
    }

    public void AddChannel(MemoryAccount account, BrokerMemory broker)
    {
        lock (_lock)
        {
            account.Broker = broker;
            broker.Channels++;
            _channels++;
        }
    }

    /// <summary>The partition's leadership moved: its bytes and its place in line go with it.</summary>
    public void MoveChannel(MemoryAccount account, BrokerMemory broker)
    {
        List<MemoryAccount>? served = null;
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

            Serve(ref served);
        }

        Notify(served);
    }

    /// <summary>A call for each return of memory while un-keyed records wait for any partition.</summary>
    public void CallWhenFreed(Action drainTopicLine)
    {
        lock (_lock)
        {
            if (!_freed.Contains(drainTopicLine))
            {
                _freed.Add(drainTopicLine);
            }
        }
    }

    /// <summary>Takes a chunk, or null where the partition would have to wait; the overhead is charged with it. Under the channel's gate.</summary>
    public byte[]? TryTake(MemoryAccount account, MemoryRequest request)
    {
        lock (_lock)
        {
            return TakeUnderLock(account, request);
        }
    }

    /// <summary>Takes what was set aside for the account; if nothing was, takes a chunk; if it must wait, joins the line in the same step (else a wake-up is lost).</summary>
    public byte[]? TakeOrWait(MemoryAccount account, MemoryRequest request)
    {
        lock (_lock)
        {
            if (account.Reserved is { } reserved)
            {
                account.Reserved = null;
                if (reserved.Chunk.Length >= request.Minimum && reserved.Overhead >= request.Overhead)
                {
                    ReleaseBytes(account, reserved.Overhead - request.Overhead);
                    return reserved.Chunk;
                }

                // The record it was for has left the line.
                ReleaseBytes(account, reserved.Chunk.Length + reserved.Overhead);
                Recycle(reserved.Chunk);
            }

            if (TakeUnderLock(account, request) is { } chunk)
            {
                return chunk;
            }

            Join(account, request);
        }

        if (IsUnderPressure)
        {
            // Without the lock, but the gate is held: it only sets signals.
            Pressure?.Invoke();
        }

        return null;
    }

    /// <summary>The account's line is empty: it waits no longer, and what was set aside goes to others.</summary>
    public void Leave(MemoryAccount account)
    {
        List<MemoryAccount>? served = null;
        lock (_lock)
        {
            if (!account.Wanted.IsNone)
            {
                RemoveFromLine(account);
            }

            if (account.Reserved is { } reserved)
            {
                account.Reserved = null;
                ReleaseBytes(account, reserved.Chunk.Length + reserved.Overhead);
                Recycle(reserved.Chunk);
            }

            Serve(ref served);
        }

        Notify(served);
    }

    /// <summary>Charges what a batch keeps beside its bytes; false where that would exceed the ledger. Under the channel's gate.</summary>
    public bool TryCharge(MemoryAccount account, int bytes)
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
    public void Return(MemoryAccount account, ReadOnlySpan<byte[]> chunks, int overhead)
    {
        List<MemoryAccount>? served = null;
        Action[]? freed = null;
        lock (_lock)
        {
            long bytes = overhead;
            foreach (var chunk in chunks)
            {
                bytes += chunk.Length;
                Recycle(chunk);
            }

            ReleaseBytes(account, bytes);
            Serve(ref served);
            if (_freed.Count > 0)
            {
                freed = [.. _freed];
                _freed.Clear();
            }
        }

        Notify(served);
        foreach (var call in freed ?? [])
        {
            call();
        }
    }

    public void Dispose() => _collectTimer.Dispose();

    private static void Notify(List<MemoryAccount>? served)
    {
        if (served is not null)
        {
            foreach (var account in served)
            {
                account.QueueDrainer();
            }
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

    private byte[]? TakeUnderLock(MemoryAccount account, MemoryRequest request)
    {
        var size = ChunkFor(request.Minimum);
        var needed = size + request.Overhead;
        if ((_collector is not null && _collector != account) || needed > FreeBytes || !MayTake(account, needed))
        {
            return null;
        }

        return TakeChunk(account, size, request.Overhead);
    }

    private byte[] TakeChunk(MemoryAccount account, int size, int overhead)
    {
        ChargeBytes(account, size + overhead);
        if (_free.TryGetValue(size, out var stack) && stack.TryPop(out var chunk))
        {
            _cached -= size;
            return chunk;
        }

        // Free chunks of other sizes are dropped before the budget would be exceeded.
        if (_used + _cached > _total)
        {
            foreach (var (_, other) in _free)
            {
                while (_used + _cached > _total && other.TryPop(out var dropped))
                {
                    _cached -= dropped.Length;
                }
            }
        }

        return GC.AllocateUninitializedArray<byte>(size);
    }

    /// <summary>The dynamic threshold of one partition, and of its broker; the last clause keeps live partitions fed beside dead ones of the same broker.</summary>
    private bool MayTake(MemoryAccount account, int needed)
    {
        var free = FreeBytes;
        if (account.Bytes > free)
        {
            return false;
        }

        var broker = account.Broker;
        return broker.Bytes <= 4 * free
            || (broker.Bytes <= _total / 10 * 9
                && ((account.Bytes == 0 && needed <= _chunkBytes + ProducerBatch.MaximumOverhead) || account.Bytes < free / (2L * Math.Max(1, broker.Channels))));
    }

    private void Join(MemoryAccount account, MemoryRequest request)
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

    private void RemoveFromLine(MemoryAccount account)
    {
        account.Broker.Waiting.Remove(account);
        account.Wanted = default;
        _waiting--;
        if (_collector == account)
        {
            _collector = null;
            _turn = CollectingTurn;
        }

        UpdatePressure();
    }

    private void UpdatePressure()
    {
        var pressure = _collector is not null;
        foreach (var broker in _brokers)
        {
            pressure |= broker.Waiting.Min is { RankBytes: 0 };
        }

        Volatile.Write(ref _pressure, pressure);
    }

    private void Serve(ref List<MemoryAccount>? served)
    {
        if (_waiting == 0)
        {
            return;
        }

        bool progress;
        do
        {
            progress = false;
            foreach (var broker in _brokers)
            {
                if (broker.Waiting.Min is not { } account)
                {
                    continue;
                }

                Rerank(account);
                account = broker.Waiting.Min!;
                var request = account.Wanted;
                var size = ChunkFor(request.Minimum);
                if ((_collector is not null && _collector != account) || size + request.Overhead > FreeBytes || !MayTake(account, size + request.Overhead))
                {
                    StartTurn(account);
                    continue;
                }

                RemoveFromLine(account);
                account.Reserved = new ReservedMemory(TakeChunk(account, size, request.Overhead), request.Overhead);
                (served ??= []).Add(account);
                progress = true;
            }
        }
        while (progress);
        UpdatePressure();
    }

    /// <summary>A waiting partition's bytes fall as its batches complete: rank it anew when it is looked at.</summary>
    private static void Rerank(MemoryAccount account)
    {
        if (account.RankBytes != account.Bytes)
        {
            account.Broker.Waiting.Remove(account);
            account.RankBytes = account.Bytes;
            account.Broker.Waiting.Add(account);
        }
    }

    /// <summary>One that may take, but finds too little free, collects for a turn while nobody else takes: else a large record never gets its place beside small traffic.</summary>
    private void StartTurn(MemoryAccount account)
    {
        var needed = ChunkFor(account.Wanted.Minimum) + account.Wanted.Overhead;
        if (_collector is not null || needed <= FreeBytes || !MayTake(account, needed) || _time.GetTimestamp() < _noTurnBefore)
        {
            return;
        }

        _collector = account;
        _turnEnds = _time.GetTimestamp() + (long)(_turn.TotalSeconds * _time.TimestampFrequency);
        _collectTimer.Change(_turn, Timeout.InfiniteTimeSpan);
    }

    private void EndTurn()
    {
        List<MemoryAccount>? served = null;
        lock (_lock)
        {
            if (_collector is not null && _time.GetTimestamp() >= _turnEnds)
            {
                // One that can never fit must not bar everybody: the pause grows with the turn.
                _collector = null;
                _noTurnBefore = _time.GetTimestamp() + (long)(39 * _turn.TotalSeconds * _time.TimestampFrequency);
                _turn *= 2;
                _collectTimer.Change(39 * _turn / 2, Timeout.InfiniteTimeSpan);
            }

            Serve(ref served);
        }

        Notify(served);
    }

    private void ChargeBytes(MemoryAccount account, long bytes)
    {
        _used += bytes;
        account.Bytes += bytes;
        account.Broker.Bytes += bytes;
    }

    private void ReleaseBytes(MemoryAccount account, long bytes)
    {
        _used -= bytes;
        account.Bytes -= bytes;
        account.Broker.Bytes -= bytes;
    }

    private void Recycle(byte[] chunk)
    {
        // Only sizes that come again are worth keeping; a record of its own size is not.
        if (chunk.Length > _chunkBytes || (chunk.Length != _chunkBytes && !System.Numerics.BitOperations.IsPow2(chunk.Length)))
        {
            return;
        }

        if (!_free.TryGetValue(chunk.Length, out var stack))
        {
            _free.Add(chunk.Length, stack = new Stack<byte[]>());
        }

        stack.Push(chunk);
        _cached += chunk.Length;
    }
}
