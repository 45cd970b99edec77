using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Network;

/// <summary>When a connection is closed because nobody has used it for long (ConnectionsMaxIdle). The loop of the link.</summary>
internal static class IdleTimeout
{
    /// <summary>Looks at a connection that is open, owes nothing and is not wanted.</summary>
    /// <param name="open">Which one.</param>
    /// <param name="limit">How long it may be idle; negative = for ever.</param>
    /// <param name="time">The clock.</param>
    /// <param name="now">The timestamp.</param>
    /// <param name="due">When it will be closed; long.MaxValue = never.</param>
    /// <returns>Why it must be closed; null = it need not.</returns>
    public static IntendedCloseException? Look(BrokerConnection open, TimeSpan limit, TimeProvider time, long now, out long due)
    {
        due = limit < TimeSpan.Zero ? long.MaxValue : time.After(open.LastUsedAt, limit);
        return due > now ? null : new IntendedCloseException($"Idle for {ConnectionFault.Seconds(limit)} s (ConnectionsMaxIdle).");
    }
}
