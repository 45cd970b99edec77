using System.Net;

namespace Rx.Kafka.Network;

/// <summary>
/// The hosts that may be dead, as links found that wait for them in vain: an answer is missing, or no connection can be had. So the
/// control connection goes elsewhere before its own request has timed out. One per client. Any thread.
/// </summary>
internal sealed class SuspectHosts
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Suspicion, EndPoint> _hosts = [];

    /// <summary>Called when a link suspects a host; without a lock. Set before the first link is used.</summary>
    public Action Found { get; set; } = static () => { };

    /// <summary>A link suspects a host, and no other one any more; null = none.</summary>
    public void Set(Suspicion suspicion, EndPoint? host)
    {
        lock (_gate)
        {
            if (host is null)
            {
                _hosts.Remove(suspicion);
                return;
            }

            _hosts[suspicion] = host;
        }

        Found();
    }

    /// <summary>Whether a link suspects a host.</summary>
    /// <param name="host">Which one; null = any.</param>
    /// <param name="besides">The suspicion of this link does not count; null = that of each does.</param>
    public bool Contains(EndPoint? host, Suspicion? besides = null)
    {
        lock (_gate)
        {
            foreach (var (suspicion, suspect) in _hosts)
            {
                if (suspicion != besides && (host is null || suspect.Equals(host)))
                {
                    return true;
                }
            }

            return false;
        }
    }
}

/// <summary>The host that one link takes to be dead. It belongs to the loop of the link.</summary>
internal sealed class Suspicion(SuspectHosts hosts)
{
    private EndPoint? _host;

    /// <summary>The host does not answer or cannot be connected to, or it is well.</summary>
    public void Tell(EndPoint host, bool isSuspect)
    {
        if (isSuspect != host.Equals(_host))
        {
            _host = isSuspect ? host : null;
            hosts.Set(this, _host);
        }
    }

    /// <summary>The link is of no more use, or goes to another host.</summary>
    public void Withdraw()
    {
        _host = null;
        hosts.Set(this, null);
    }
}
