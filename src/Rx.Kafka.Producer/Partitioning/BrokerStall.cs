namespace Rx.Kafka.Partitioning;

/// <summary>
/// Since when a broker takes nothing although there is something for it; one per broker, written by its loop only, read by the
/// partitioners.
/// </summary>
/// <remarks>
/// KIP-794 keeps two times per broker, "had something to take" and "took something", and compares them. One time is enough, it cannot
/// be read half-written, and a
/// broker that was idle for an hour does not count as slow the moment a record comes for it.
/// </remarks>
internal sealed class BrokerStall
{
    private const long None = long.MinValue;

    private long _since = None;

    /// <summary>
    /// There is something for this broker, and no request could be made (no connection, no permit, throttled). The first call since
    /// <see cref="Drained"/> counts.
    /// </summary>
    /// <param name="now">A <see cref="TimeProvider.GetTimestamp"/>.</param>
    public void Held(long now)
    {
        if (_since == None)
        {
            Volatile.Write(ref _since, now);
        }
    }

    /// <summary>A request was made, or there is nothing left for this broker.</summary>
    public void Drained()
    {
        if (_since != None)
        {
            Volatile.Write(ref _since, None);
        }
    }

    /// <summary>Whether the broker has taken nothing for longer than <paramref name="limit"/>.</summary>
    public bool IsLongerThan(TimeSpan limit, TimeProvider time, long now)
    {
        var since = Volatile.Read(ref _since);
        return since != None && time.GetElapsedTime(since, now) > limit;
    }
}
