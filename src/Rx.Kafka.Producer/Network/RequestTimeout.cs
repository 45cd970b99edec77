using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Network;

/// <summary>
/// When a connection is given up because its broker owes an answer, or does not take the bytes of a request without one, and when it is
/// only silent. It belongs to the loop of the link.
/// </summary>
internal sealed class RequestTimeout(TimeProvider time, TimeSpan timeout, TimeSpan grace)
{
    /// <summary>A host that is well mostly answers sooner. Two links that wait so long for the same one are taken as a sign.</summary>
    private static readonly TimeSpan Suspicious = TimeSpan.FromSeconds(1);

    private readonly PunctualLook _look = new(time);

    /// <summary>Whether the connection owes something, and no byte has come for a second.</summary>
    public bool IsSilent { get; private set; }

    /// <summary>Whether the oldest request has waited for the timeout; the grace may be left.</summary>
    public bool IsOverdue { get; private set; }

    /// <summary>Looks at a connection that is open.</summary>
    /// <param name="connection">Which one.</param>
    /// <param name="heldUntil">The clocks stand still until then: the broker throttles.</param>
    /// <param name="now">The timestamp.</param>
    /// <param name="next">When to look again; long.MaxValue = the connection owes nothing.</param>
    /// <returns>Why it must be given up; null = it need not.</returns>
    public KafkaException? Look(BrokerConnection connection, long heldUntil, long now, out long next)
    {
        var requests = connection.Requests;
        (IsSilent, IsOverdue, next) = (false, false, long.MaxValue);
        if (requests.OldestSince == long.MaxValue)
        {
            Begin();
            return null;
        }

        if (_look.ComesTooEarly(now, out var again))
        {
            next = again;
            return null;
        }

        if (requests.IsOverdue(now, heldUntil, timeout + grace, out next))
        {
            return requests.IsStuck
                ? ConnectionFault.Stuck(connection.Name, timeout)
                : ConnectionFault.Silent(connection.Name, timeout, grace);
        }

        IsOverdue = requests.IsOverdue(now, heldUntil, timeout, out var overdueAt);
        IsSilent = requests.IsOverdue(now, Math.Max(heldUntil, connection.LastByteAt), Suspicious, out var silentAt);
        next = Math.Min(next, Math.Min(IsOverdue ? next : overdueAt, IsSilent ? next : silentAt));
        _look.Ask(next);
        return null;
    }

    /// <summary>Nothing of before counts: another connection, or one that owes nothing.</summary>
    public void Begin()
    {
        (IsSilent, IsOverdue) = (false, false);
        _look.Ask(long.MaxValue);
    }
}
