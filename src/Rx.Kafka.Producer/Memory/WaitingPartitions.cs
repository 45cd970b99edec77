namespace Rx.Kafka.Memory;

/// <summary>
/// The partitions that wait for memory, and who is served: of each broker the one that holds least, then the one that waits longest.
/// One that may take but finds too little free gets a turn to collect. Guarded by the pool's lock.
/// </summary>
internal sealed class WaitingPartitions : IDisposable
{
    private readonly MemoryLedger _ledger;
    private readonly LargeRequestTurn _turn;
    private readonly List<BrokerMemory> _brokers = [];
    private long _joins;
    private int _waiting;
    private bool _pressure;

    /// <param name="ledger">What there is to take.</param>
    /// <param name="time">For the turns.</param>
    /// <param name="turnOver">Called without the pool's lock when a turn, or the pause after it, is over.</param>
    public WaitingPartitions(MemoryLedger ledger, TimeProvider time, Action turnOver)
    {
        _ledger = ledger;
        _turn = new LargeRequestTurn(time, turnOver);
    }

    /// <summary>Whether all open batches are due at once: somebody collects, or a partition that holds nothing waits. Any thread.</summary>
    public bool IsUnderPressure => Volatile.Read(ref _pressure);

    public void AddBroker(BrokerMemory broker) => _brokers.Add(broker);

    /// <summary>Whether another partition collects, so that this one may not take.</summary>
    public bool Bars(MemoryAccount partition) => _turn.Collector is { } collector && collector != partition;

    public void Join(MemoryAccount partition, MemoryRequest request)
    {
        if (partition.Wait(request, ++_joins))
        {
            _waiting++;
            StartTurn(partition);
            UpdatePressure();
        }
    }

    /// <summary>A partition waits no longer.</summary>
    public void Leave(MemoryAccount partition)
    {
        partition.EndWait();
        _waiting--;
        _turn.Forget(partition);
        UpdatePressure();
    }

    /// <summary>Ends a turn whose time is over.</summary>
    /// <returns>Whether one ended, so that others may take again.</returns>
    public bool TryEndTurn() => _turn.TryEnd();

    /// <summary>Sets memory aside for whoever waits and may take now.</summary>
    public void Serve(ref MemoryNews news)
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
                progress |= TryServe(broker, ref news);
            }
        }
        while (progress);
        UpdatePressure();
        news.IsPressed |= _pressure && !wasPressed;
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Serves a broker's first partition that may take what it wants. One that wants more than is free may start a turn.</summary>
    private bool TryServe(BrokerMemory broker, ref MemoryNews news)
    {
        if (broker.Waiting.Min is not { } first)
        {
            return false;
        }

        if (_turn.Collector is { } collector)
        {
            return collector.Broker == broker && TrySetAside(collector, ref news);
        }

        if (TrySetAside(first, ref news))
        {
            return true;
        }

        foreach (var partition in broker.Waiting)
        {
            // Those after it hold as much or more.
            if (_ledger.IsFull || !_ledger.MayTake(partition, 0))
            {
                StartTurn(first);
                return false;
            }

            if (TrySetAside(partition, ref news))
            {
                return true;
            }

            StartTurn(partition);
            if (_turn.Collector is not null)
            {
                return false;
            }
        }

        return false;
    }

    private bool TrySetAside(MemoryAccount partition, ref MemoryNews news)
    {
        var request = partition.Wanted;
        if (!_ledger.Fits(partition, request, out var chunk))
        {
            return false;
        }

        Leave(partition);
        partition.Reserved = new ReservedMemory(_ledger.Take(partition, chunk, request.Overhead), request.Overhead);
        (news.Served ??= []).Add(partition);
        return true;
    }

    private void StartTurn(MemoryAccount partition)
    {
        var needed = _ledger.Needs(partition.Wanted);
        if (needed > _ledger.Free && _ledger.MayTake(partition, needed) && _turn.MayStart)
        {
            _turn.Start(partition);
        }
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
}

/// <summary>What came of a change, to be told when the lock is left.</summary>
internal struct MemoryNews
{
    /// <summary>For whom memory was set aside; null for nearly every batch.</summary>
    public List<MemoryAccount>? Served;

    /// <summary>All open batches became due.</summary>
    public bool IsPressed;

    /// <summary>Memory came back or may be taken again, or a line has emptied: records without key try again.</summary>
    public bool IsFreed;
}
