namespace Rx.Kafka.Memory;

/// <summary>
/// One partition collects memory while nobody else takes any: else a large record never gets its place beside small traffic.
/// A turn that fails is followed by a pause of 39 turns, and the next is twice as long: one that can never fit must not bar everybody.
/// Guarded by the pool's lock.
/// </summary>
internal sealed class LargeRequestTurn : IDisposable
{
    private const int PauseInTurns = 39;
    private static readonly TimeSpan FirstTurn = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private MemoryAccount? _last;
    private TimeSpan _length = FirstTurn;
    private long _endsAt;
    private long _notBefore = long.MinValue;

    /// <param name="time">The clock.</param>
    /// <param name="over">Called without the pool's lock when a turn, or the pause after it, is over.</param>
    public LargeRequestTurn(TimeProvider time, Action over)
    {
        _time = time;
        _timer = time.CreateTimer(static over => ((Action)over!)(), over, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whose turn it is.</summary>
    public MemoryAccount? Collector { get; private set; }

    public bool MayStart => Collector is null && _time.GetTimestamp() >= _notBefore;

    public void Start(MemoryAccount partition)
    {
        Collector = _last = partition;
        _endsAt = After(_length);
        _timer.Change(_length, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends a turn whose time is over.</summary>
    /// <returns>Whether one ended, so that others may take again.</returns>
    public bool TryEnd()
    {
        if (Collector is null || _time.GetTimestamp() < _endsAt)
        {
            return false;
        }

        Collector = null;
        var pause = PauseInTurns * _length;
        _notBefore = After(pause);
        _length *= 2;
        _timer.Change(pause, Timeout.InfiniteTimeSpan);
        return true;
    }

    /// <summary>A partition waits no longer.</summary>
    /// <returns>Whether it was its turn.</returns>
    public bool Forget(MemoryAccount partition)
    {
        var collected = Collector == partition;
        Collector = collected ? null : Collector;
        if (_last == partition)
        {
            // The next one to collect has not failed yet.
            _last = null;
            _length = FirstTurn;
        }

        return collected;
    }

    public void Dispose() => _timer.Dispose();

    private long After(TimeSpan span) => _time.GetTimestamp() + (long)(span.TotalSeconds * _time.TimestampFrequency);
}
