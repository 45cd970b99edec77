namespace Rx.Kafka.Concurrency;

/// <summary>
/// Exponential back-off: <c>initial · 2^n</c>, ±20 % jitter, never above the maximum. Owned by one loop (so is its <see cref="Random"/>).
/// </summary>
internal sealed class Backoff
{
    private const double Jitter = 0.2;

    private readonly double _initial;
    private readonly double _maximum;
    private readonly Random _random;

    /// <summary>Makes a back-off that starts at its initial delay.</summary>
    /// <param name="initial">The first delay.</param>
    /// <param name="maximum">The largest delay; a smaller one than <paramref name="initial"/> counts as <paramref name="initial"/>.</param>
    /// <param name="random">The jitter's source.</param>
    public Backoff(TimeSpan initial, TimeSpan maximum, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(initial, TimeSpan.Zero);
        _initial = initial.Ticks;
        _maximum = Math.Max(initial.Ticks, maximum.Ticks);
        _random = random;
    }

    /// <summary>How often <see cref="Next"/> was called since the last <see cref="Reset"/>.</summary>
    public int Attempts { get; private set; }

    /// <summary>The longest delay, with jitter, whatever came before.</summary>
    public TimeSpan Longest() => TimeSpan.FromTicks((long)(_maximum * (1 - (Jitter * _random.NextDouble()))));

    /// <summary>The next delay.</summary>
    public TimeSpan Next()
    {
        // 2^62 · any tick count is still a finite double; the exponent stops there.
        var exponential = Math.Min(_maximum, _initial * Math.Pow(2, Math.Min(Attempts, 62)));
        if (Attempts < int.MaxValue)
        {
            Attempts++;
        }

        var jittered = exponential * (1 - Jitter + (2 * Jitter * _random.NextDouble()));
        return TimeSpan.FromTicks((long)Math.Min(_maximum, jittered));
    }

    /// <summary>Starts again at the initial delay.</summary>
    public void Reset() => Attempts = 0;
}

/// <summary>A back-off of zero would let one failure follow the other without end; here every pause is at least this long.</summary>
internal static class LeastPause
{
    private static readonly TimeSpan Span = TimeSpan.FromMilliseconds(1);

    public static TimeSpan OrMore(TimeSpan pause) => pause > Span ? pause : Span;
}
