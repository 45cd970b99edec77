namespace Rx.Kafka.Batching;

/// <summary>
/// How long records may stand in one line (max.block.ms), and what the log says meanwhile. It bounds how long OnNext blocks a thread. Who
/// awaits blocks nobody, and may offer more at once than brokers take within MaxBlock: for these it begins again with each record that
/// leaves the line. Under the line's lock, but for what its drainer alone calls.
/// </summary>
internal sealed class MaxBlock(IWaitingPlace place, BatchingContext context)
{
    /// <summary>After this time the log says what a blocked thread waits for, and again as often.</summary>
    private static readonly TimeSpan SaysAfter = TimeSpan.FromSeconds(1);

    /// <summary>Those that block a thread, in the order they came.</summary>
    private readonly LinkedList<WaitingRecord> _blocking = new();
    private long _movedAt = long.MinValue;

    /// <summary>The one that has blocked a thread for longest.</summary>
    public WaitingRecord? FirstBlocking => _blocking.First?.Value;

    /// <summary>How many threads are blocked.</summary>
    public int Blocking => _blocking.Count;

    public void Joined(WaitingRecord waiting)
    {
        if (waiting.BlocksItsCaller)
        {
            _blocking.AddLast(waiting);
        }
    }

    public void Left(WaitingRecord waiting)
    {
        if (waiting.BlocksItsCaller)
        {
            _blocking.Remove(waiting);
        }
    }

    /// <summary>A record left the line for a batch. Drainer.</summary>
    public void Moved(long now) => _movedAt = now;

    /// <summary>It goes on in another line, with what it has left here. Drainer.</summary>
    public void HandsOver(WaitingRecord waiting) => waiting.LineMovedAt = _movedAt;

    /// <summary>What is left; zero or less = the record's time is over. Drainer.</summary>
    public TimeSpan TimeLeft(WaitingRecord waiting, long now)
    {
        var since = waiting.BlocksItsCaller ? waiting.JoinedAt : Math.Max(waiting.JoinedAt, Math.Max(_movedAt, waiting.LineMovedAt));
        return context.MaxBlock - context.Time.GetElapsedTime(since, now);
    }

    /// <summary>How long the line may be left alone when its head cannot be placed.</summary>
    public TimeSpan NextLook(WaitingRecord head, long now)
    {
        var next = TimeLeft(head, now);
        if (FirstBlocking is { } blocking)
        {
            // By whole seconds, whoever else looks in between.
            var sinceSaid = context.Time.GetElapsedTime(blocking.JoinedAt, now).Ticks % SaysAfter.Ticks;
            next = Least(next, Least(TimeLeft(blocking, now), SaysAfter - TimeSpan.FromTicks(sinceSaid)));
        }

        return next > TimeSpan.Zero ? next : TimeSpan.Zero;
    }

    /// <summary>Says for how long a thread is blocked, and what for. Drainer, without locks.</summary>
    public void Say(WaitingRecord blocking, long now)
    {
        var waited = context.Time.GetElapsedTime(blocking.JoinedAt, now);
        if (waited >= SaysAfter)
        {
            context.Events.Waits(waited, place.WhatFor());
        }
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
