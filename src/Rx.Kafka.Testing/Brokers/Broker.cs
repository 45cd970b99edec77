namespace Rx.Kafka.Testing.Brokers;

/// <summary>One broker: its address, its state and its sessions. The lock guards the sessions.</summary>
internal sealed class Broker(int id)
{
    private readonly Lock _lock = new();
    private readonly List<Session> _sessions = [];
    private volatile BrokerState _state;
    private volatile bool _listed = true;

    public int Id { get; } = id;

    public string Host { get; set; } = "";

    public int Port { get; set; }

    public BrokerState State
    {
        get => _state;
        set
        {
            lock (_lock)
            {
                _state = value;
                Stops += value == BrokerState.Stopped ? 1 : 0;
            }
        }
    }

    /// <summary>How often it was stopped: what it was about to do before the last stop is void.</summary>
    public int Stops { get; private set; }

    /// <summary>Whether Metadata lists it.</summary>
    public bool Listed
    {
        get => _listed;
        set => _listed = value;
    }

    /// <summary>
    /// Takes a session in, so that a stop cuts it; false = the broker was stopped after it had accepted the connection, and whoever
    /// cut the sessions has not seen this one.
    /// </summary>
    public bool Add(Session session, int stops)
    {
        lock (_lock)
        {
            if (Stops != stops)
            {
                return false;
            }

            _sessions.Add(session);
            return true;
        }
    }

    public void Remove(Session session)
    {
        lock (_lock)
        {
            _sessions.Remove(session);
        }
    }

    public Session[] Sessions()
    {
        lock (_lock)
        {
            return [.. _sessions];
        }
    }
}
