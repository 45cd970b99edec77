using System.Diagnostics;

namespace Rx.Kafka.Integration.Embedded.Bulkhead;

/// <summary>When the next record of a paced caller is due. One that was held up catches up, but not with more than <see cref="Patience"/>: what a stall cost must show.</summary>
/// <param name="perSecond">How many records a second.</param>
/// <param name="head">The part of a record that is due at once, so that many callers do not come at the same moment.</param>
internal sealed class Pace(double perSecond, double head)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(5);

    private readonly long _start = Stopwatch.GetTimestamp();
    private volatile bool _isOff;
    private double _next = 1 - head;

    /// <summary>No pace any more: as fast as it goes.</summary>
    public bool IsOff
    {
        get => _isOff;
        set => _isOff = value;
    }

    /// <returns>How long to pause before asking again; null = a record is due, and counted.</returns>
    public TimeSpan? Wait()
    {
        if (IsOff)
        {
            return null;
        }

        var due = Stopwatch.GetElapsedTime(_start).TotalSeconds * perSecond;
        if (due < _next)
        {
            var pause = TimeSpan.FromSeconds((_next - due) / perSecond);
            return pause > ShortestPause ? pause : ShortestPause;
        }

        _next = Math.Max(_next, due - Math.Max(1, Patience.TotalSeconds * perSecond)) + 1;
        return null;
    }
}
