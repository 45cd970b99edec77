using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Metadata;

/// <summary>When the next refresh is due, and of what. No clock, no tasks: times go in and out. Owned by the control loop.</summary>
internal sealed class RefreshSchedule
{
    private readonly TimeProvider _units;
    private readonly TimeSpan _maxAge;
    private readonly Backoff _equivalent;
    private readonly Backoff _failure;
    private bool _requested;
    private bool _wasRequested; // what runs now
    private long _ageDue = long.MaxValue;
    private long _requestDue = long.MinValue;
    private long _failureUntil = long.MinValue;

    /// <summary>Makes a schedule.</summary>
    /// <param name="units">Only for the length of a timestamp's unit.</param>
    /// <param name="maxAge">How old knowledge may get.</param>
    /// <param name="initial">The first back-off.</param>
    /// <param name="maximum">The largest back-off.</param>
    /// <param name="random">Its jitter.</param>
    public RefreshSchedule(TimeProvider units, TimeSpan maxAge, TimeSpan initial, TimeSpan maximum, Random random)
    {
        initial = LeastPause.OrMore(initial);
        _units = units;
        _maxAge = maxAge;
        _equivalent = new Backoff(initial, maximum, random);
        _failure = new Backoff(initial, maximum, random);
    }

    /// <summary>Wants a refresh of all topics.</summary>
    public void Request() => _requested = true;

    /// <summary>When to ask; long.MaxValue = not at all.</summary>
    /// <param name="newTopics">Topics wait for their first answer: they are not held up by answers that told nothing new, only by
    /// failures.</param>
    public long DueAt(bool newTopics)
    {
        var due = newTopics ? long.MinValue : FullDueAt();
        return due == long.MaxValue ? due : Math.Max(due, _failureUntil);
    }

    /// <summary>Whether a refresh that starts now is of all topics, not only of new ones.</summary>
    public bool IsFull(long now) => FullDueAt() <= now;

    /// <summary>A refresh has started; what is requested from now on is another one.</summary>
    public void Started(bool full)
    {
        _wasRequested = _requested && full;
        _requested &= !full;
    }

    /// <summary>An answer came.</summary>
    /// <param name="now">The timestamp.</param>
    /// <param name="changed">Whether it told anything new; answers that do not let the back-off grow.</param>
    /// <param name="full">Whether it spoke of all topics.</param>
    public void Succeeded(long now, bool changed, bool full)
    {
        _failure.Reset();
        _failureUntil = long.MinValue;

        // What was asked because of its age, or of new topics alone, says nothing of how soon another answer may tell more.
        if (changed || !_wasRequested)
        {
            _equivalent.Reset();
        }

        // A refresh that is wanted does not wait for the last of the new topics.
        if (full || !_requested)
        {
            _requestDue = _units.After(now, _equivalent.Next());
        }

        if (full || _ageDue == long.MaxValue)
        {
            _ageDue = _units.After(now, _maxAge);
        }
    }

    /// <summary>An attempt failed; what it was for is still wanted.</summary>
    public void Failed(long now, bool full)
    {
        _requested |= full;
        _failureUntil = _units.After(now, _failure.Next());
    }

    private long FullDueAt() => _requested ? Math.Min(_requestDue, _ageDue) : _ageDue;
}
