namespace Rx.Kafka.Testing;

/// <summary>Which metrics embedded brokers want, and what clients pushed. Safe from any thread.</summary>
public sealed class EmbeddedTelemetry
{
    private const int MostPushes = 10_000;

    private readonly Lock _lock = new();
    private readonly Queue<ReceivedTelemetry> _pushes = new();
    private readonly Dictionary<Guid, DateTimeOffset> _lastPush = [];
    private EmbeddedTelemetryOptions _subscription;
    private int _subscriptionId = 1;

    internal EmbeddedTelemetry(EmbeddedTelemetryOptions subscription) => _subscription = subscription;

    /// <summary>What is wanted. Another value has another subscription id: clients learn of it with their next push.</summary>
    public EmbeddedTelemetryOptions Subscription
    {
        get
        {
            lock (_lock)
            {
                return _subscription;
            }
        }

        set
        {
            ArgumentNullException.ThrowIfNull(value);
            lock (_lock)
            {
                _subscription = value;
                _subscriptionId++;
            }
        }
    }

    /// <summary>What was pushed and taken, in order; of more than 10,000 the last ones.</summary>
    public IReadOnlyList<ReceivedTelemetry> Pushes
    {
        get
        {
            lock (_lock)
            {
                return [.. _pushes];
            }
        }
    }

    internal int SubscriptionId
    {
        get
        {
            lock (_lock)
            {
                return _subscriptionId;
            }
        }
    }

    /// <summary>A client asked what is wanted: its next push may come at once.</summary>
    internal void Asked(Guid client)
    {
        lock (_lock)
        {
            _lastPush.Remove(client);
        }
    }

    /// <summary>Whether a client pushes too early.</summary>
    internal bool IsTooEarly(Guid client, DateTimeOffset now)
    {
        lock (_lock)
        {
            return _lastPush.TryGetValue(client, out var last) && now - last < _subscription.PushInterval;
        }
    }

    internal void Take(ReceivedTelemetry push)
    {
        lock (_lock)
        {
            _lastPush[push.ClientInstanceId] = push.At;
            _pushes.Enqueue(push);
            if (_pushes.Count > MostPushes)
            {
                _pushes.Dequeue();
            }
        }
    }
}
