namespace Rx.Kafka.Testing;

/// <summary>What the brokers have seen so far, all of them together. Safe from any thread.</summary>
public sealed class BrokerCounters
{
    private readonly long[] _requests = new long[128];
    private long _batches;
    private long _records;
    private long _recordBytes;
    private long _duplicates;
    private long _refused;
    private long _malformed;
    private string? _firstMalformed;
    private long _connectionsOpened;
    private long _connectionsOpen;

    internal BrokerCounters()
    {
    }

    /// <summary>Batches appended to a log.</summary>
    public long Batches => Interlocked.Read(ref _batches);

    /// <summary>Records appended to a log.</summary>
    public long Records => Interlocked.Read(ref _records);

    /// <summary>Bytes of batches appended, as sent.</summary>
    public long BatchBytes => Interlocked.Read(ref _recordBytes);

    /// <summary>Batches answered with success because they were on the log already.</summary>
    public long Duplicates => Interlocked.Read(ref _duplicates);

    /// <summary>Batches answered with an error.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Connections closed because of a request that was none, of an unknown version, or that named a partition twice. A correct producer leaves it 0.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>Connections accepted.</summary>
    public long ConnectionsOpened => Interlocked.Read(ref _connectionsOpened);

    /// <summary>Connections open now.</summary>
    public long ConnectionsOpen => Interlocked.Read(ref _connectionsOpen);

    /// <summary>Requests received of one API.</summary>
    /// <param name="key">The API.</param>
    /// <returns>The number.</returns>
    public long Requests(ApiKey key) => Interlocked.Read(ref _requests[(int)key]);

    internal void Request(ApiKey key) => Interlocked.Increment(ref _requests[(int)key & 127]);

    internal void Appended(int records, int bytes)
    {
        Interlocked.Increment(ref _batches);
        Interlocked.Add(ref _records, records);
        Interlocked.Add(ref _recordBytes, bytes);
    }

    internal void Duplicate() => Interlocked.Increment(ref _duplicates);

    internal void Refuse() => Interlocked.Increment(ref _refused);

    /// <summary>What was wrong with the first such request; null = there was none.</summary>
    public string? FirstMalformed => Volatile.Read(ref _firstMalformed);

    internal void Malform(string reason)
    {
        Interlocked.CompareExchange(ref _firstMalformed, reason, null);
        Interlocked.Increment(ref _malformed);
    }

    internal void Opened()
    {
        Interlocked.Increment(ref _connectionsOpened);
        Interlocked.Increment(ref _connectionsOpen);
    }

    internal void Closed() => Interlocked.Decrement(ref _connectionsOpen);
}
