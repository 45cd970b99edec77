using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Network.Security;

/// <summary>How long a broker lets a client use a connection before it must say again who it is (KIP-368).</summary>
/// <param name="Since">The timestamp before the last request of the authentication.</param>
/// <param name="Lifetime">From then on; at least a millisecond.</param>
internal readonly record struct SaslSession(long Since, TimeSpan Lifetime)
{
    /// <summary>The session that an answer tells of; null = it does not end.</summary>
    public static SaslSession? Of(long since, long lifetimeMs) =>
        lifetimeMs <= 0 ? null : new(since, TimeSpan.FromMilliseconds(Math.Min(lifetimeMs, int.MaxValue)));
}

/// <summary>
/// Renews a session by another connection: before it ends the old one is retired, and closed when it is drained (ADR 27). It belongs to the
/// loop of the link.
/// </summary>
internal sealed class SessionRenewal(TimeProvider time, Random random)
{
    // As the Java client: not all connections of a client, or clients of a cluster, at once.
    private const double Earliest = 0.85;
    private const double Spread = 0.10;

    /// <summary>
    /// Sessions that are shorter would make a connection after the other; the broker then ends ours, after which we pause.
    /// </summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private long _at = long.MaxValue;

    /// <summary>A connection was made.</summary>
    public void Begin(SaslSession? session)
    {
        _at = long.MaxValue;
        if (session is { } known)
        {
            var after = known.Lifetime * (Earliest + (Spread * random.NextDouble()));
            _at = time.After(known.Since, after > Shortest ? after : Shortest);
        }
    }

    /// <summary>Looks at an open connection, and retires it when it is time.</summary>
    /// <param name="connection">Which one.</param>
    /// <param name="now">The timestamp.</param>
    /// <param name="next">When to look again; long.MaxValue = when something happens on it.</param>
    /// <returns>Why to close it; null = not yet.</returns>
    public IntendedCloseException? Look(BrokerConnection connection, long now, out long next)
    {
        next = _at > now ? _at : long.MaxValue;
        if (_at > now)
        {
            return null;
        }

        connection.Retire();
        return connection.IsDrained ? new IntendedCloseException("Its session ends soon; another connection follows (KIP-368).") : null;
    }
}
