namespace Rx.Kafka.Concurrency;

/// <summary>
/// For who looks at deadlines: it tells a look that comes much later than it was asked for. Then the whole process stood still (a paused
/// machine, a debugger), and what came meanwhile must be read before anything is found to be over. It belongs to one loop.
/// </summary>
internal sealed class PunctualLook(TimeProvider time)
{
    /// <summary>Read loops have so long to catch up.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Later than a busy loop is.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(50);

    /// <summary>A machine that is always late must find an end too.</summary>
    private const int MostPauses = 3;

    private long _askedFor = long.MaxValue;
    private int _pausesInARow;
    private long _heldUntil = long.MinValue;

    /// <summary>Whether this look is too early after a standstill to find that something is over.</summary>
    /// <param name="now">The timestamp.</param>
    /// <param name="again">When to look again, if so.</param>
    public bool ComesTooEarly(long now, out long again)
    {
        if (_askedFor == long.MaxValue || time.After(_askedFor, Late) >= now)
        {
            _pausesInARow = now < _heldUntil ? _pausesInARow : 0;
        }
        else if (_pausesInARow++ < MostPauses)
        {
            _heldUntil = time.After(now, Pause);
        }

        again = _heldUntil;
        _askedFor = now < again ? again : long.MaxValue;
        return now < again;
    }

    /// <summary>Remembers when the next look is asked for, and returns that.</summary>
    public long Ask(long next) => _askedFor = next;
}
