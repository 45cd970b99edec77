using System.Net;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Control;

/// <summary>
/// One round over everybody who might know the cluster: known brokers in random order, then the bootstrap addresses in random order,
/// each once; those that may be dead come after all others. Owned by the control loop.
/// </summary>
internal sealed class BrokerRound(IReadOnlyList<DnsEndPoint> bootstrap, Random random, Predicate<DnsEndPoint> isSuspect)
{
    private const int MessagesShown = 8;

    private readonly Queue<DnsEndPoint> _candidates = new();
    private readonly List<Exception> _failures = [];

    /// <summary>Whether everybody was tried.</summary>
    public bool IsOver => _candidates.Count == 0;

    /// <summary>Whether somebody was looked for since the last success.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Brokers worth a try besides the bootstrap addresses, from the next round on.</summary>
    public IReadOnlyList<BrokerNode> Known { get; set; } = [];

    /// <summary>Whether somebody can be asked who is not suspected to be dead.</summary>
    public bool HasUnsuspected => !Known.Select(static b => new DnsEndPoint(b.Host, b.Port)).Concat(bootstrap).All(host => isSuspect(host));

    /// <summary>Whether a known broker listens at this address.</summary>
    public bool IsOfBroker(EndPoint host) => Known.Any(b => new DnsEndPoint(b.Host, b.Port).Equals(host));

    /// <summary>Starts again with everybody.</summary>
    public void Begin()
    {
        End();
        HasBegun = true;
        var seen = new HashSet<(string, int)>();
        Add([.. Known.Select(static b => new DnsEndPoint(b.Host, b.Port))], seen);
        Add([.. bootstrap], seen);
        DnsEndPoint[] all = [.. _candidates];
        _candidates.Clear();
        foreach (var candidate in all.OrderBy(host => isSuspect(host)))
        {
            _candidates.Enqueue(candidate);
        }
    }

    /// <summary>Forgets what is left, after a success: the next round begins with everybody.</summary>
    public void End()
    {
        HasBegun = false;
        _failures.Clear();
        _candidates.Clear();
    }

    /// <summary>The next broker to try; after the last one of a round the next round begins.</summary>
    public DnsEndPoint Next()
    {
        if (IsOver)
        {
            Begin();
        }

        return _candidates.Dequeue();
    }

    /// <summary>An attempt failed.</summary>
    public void Failed(Exception cause) => _failures.Add(cause);

    /// <summary>
    /// What to tell of a round in which nobody answered: the one failure, or all. A refusal of who we are says more than that others are
    /// away, and is the same for each of several rounds.
    /// </summary>
    public Exception Error()
    {
        if (_failures.Count == 1)
        {
            return _failures[0];
        }

        if (_failures.OfType<KafkaAuthenticationException>().MinBy(static e => e.Message, StringComparer.Ordinal) is { } refusal)
        {
            return refusal;
        }

        var shown = string.Join(" | ", _failures.Take(MessagesShown).Select(static e => e.Message));
        var more = _failures.Count > MessagesShown ? " | ..." : "";
        return new KafkaException($"None of {_failures.Count} brokers answered: {shown}{more}", _failures.LastOrDefault());
    }

    private void Add(DnsEndPoint[] endPoints, HashSet<(string Host, int Port)> seen)
    {
        random.Shuffle(endPoints);
        foreach (var endPoint in endPoints)
        {
            if (seen.Add((endPoint.Host, endPoint.Port)))
            {
                _candidates.Enqueue(endPoint);
            }
        }
    }
}
