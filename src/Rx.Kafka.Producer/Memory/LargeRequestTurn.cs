using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Memory;

/// <summary>
/// One partition collects memory while nobody else takes any: else a large record never gets its place beside small traffic.
/// A turn that fails is followed by a pause of 39 turns, and the next is twice as long, up to a limit: one that can never fit must not
/// bar everybody.
/// Guarded by the pool's lock.
/// </summary>
internal sealed class LargeRequestTurn : IDisposable
{
    private const int PauseInTurns = 39;
    private static readonly TimeSpan FirstTurn = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(800);

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
        _endsAt = _time.After(_time.GetTimestamp(), _length);
        _timer.Change(_length, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends a turn whose time is over.</summary>
    /// <returns>Whether one ended, so that others may take again.</returns>
    public bool TryEnd()
    {
        var now = _time.GetTimestamp();
        var due = Collector is null ? _notBefore : _endsAt;
        if (now < due)
        {
            // The system's timers may fire a little early.
            _timer.Change(_time.Until(now, due), Timeout.InfiniteTimeSpan);
            return false;
        }

        if (Collector is null)
        {
            return false;
        }

        Collector = null;
        var pause = PauseInTurns * _length;
        _notBefore = _time.After(now, pause);
        _length = TimeSpan.FromTicks(Math.Min(2 * _length.Ticks, LongestTurn.Ticks));
        _timer.Change(pause, Timeout.InfiniteTimeSpan);
        return true;
    }

    /// <summary>A partition waits no longer.</summary>
    public void Forget(MemoryAccount partition)
    {
        Collector = Collector == partition ? null : Collector;
        if (_last == partition)
        {
            // The next one to collect has not failed yet.
            _last = null;
            _length = FirstTurn;
        }
    }

    public void Dispose() => _timer.Dispose();
}
