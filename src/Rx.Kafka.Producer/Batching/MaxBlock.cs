namespace Rx.Kafka.Batching;

/// <summary>How long records may stand in one line (max.block.ms), and what the log says meanwhile. Drainer of the line.</summary>
internal sealed class MaxBlock(IWaitingPlace place, BatchingContext context)
{
    /// <summary>After this time the log says what a blocked thread waits for, and again as often.</summary>
    private static readonly TimeSpan SaysAfter = TimeSpan.FromSeconds(1);

    private long _movedAt = long.MinValue;

    /// <summary>A record left the line for a batch.</summary>
    public void Moved(long now) => _movedAt = now;

    /// <summary>
    /// What is left; zero or less = the record's time is over. It bounds how long OnNext blocks. Who awaits blocks nobody, and may offer
    /// more at once than brokers take within MaxBlock: for these it begins again with each record that leaves the line.
    /// </summary>
    public TimeSpan TimeLeft(WaitingRecord head, long now)
    {
        var since = head.BlocksItsCaller ? head.JoinedAt : Math.Max(head.JoinedAt, _movedAt);
        return context.MaxBlock - context.Time.GetElapsedTime(since, now);
    }

    /// <summary>The head waits on; the log says so if a thread is blocked for long.</summary>
    /// <returns>When to look at it again.</returns>
    public TimeSpan NextLook(WaitingRecord head, TimeSpan timeLeft, long now)
    {
        if (!head.BlocksItsCaller)
        {
            return timeLeft;
        }

        var waited = context.Time.GetElapsedTime(head.JoinedAt, now);
        if (waited < SaysAfter)
        {
            return Least(SaysAfter - waited, timeLeft);
        }

        context.Events.Waits(waited, place.WhatFor());
        return Least(SaysAfter, timeLeft);
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
