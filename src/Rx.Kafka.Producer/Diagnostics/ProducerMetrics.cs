using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Rx.Kafka.Diagnostics;

/// <summary>
/// The counters of one producer, under the meter <see cref="MeterName"/>; each measurement carries the client's name. Counted per batch,
/// connection or answer, and per record only where one is refused. With nobody listening a count is a look at a null reference, and
/// with a listener it allocates nothing of ours. Any thread.
/// </summary>
internal sealed class ProducerMetrics : IDisposable
{
    public const string MeterName = "Rx.Kafka.Producer";

    /// <summary>Tags as OpenTelemetry names them.</summary>
    public const string ClientIdTag = "messaging.client.id";

    public const string ErrorTag = "error.type";

    private readonly TimeProvider _time;
    private readonly ListenerGuard _guard;
    private readonly Meter _meter;
    private readonly KeyValuePair<string, object?> _client;
    private readonly Counter<long> _acknowledged;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _observersFailed;
    private readonly Counter<long> _retried;
    private readonly Counter<long> _expired;
    private readonly Counter<long> _split;
    private readonly Counter<long> _opened;
    private readonly Counter<long> _connectFailed;
    private readonly Counter<long> _lost;
    private readonly Counter<long> _closedWhileIdle;
    private readonly Counter<long> _throttles;
    private readonly Counter<double> _throttleTime;
    private readonly Counter<long> _producerIds;
    private readonly Counter<long> _bumps;

    public ProducerMetrics(string clientId, TimeProvider time, ILogger? logger = null)
    {
        _time = time;
        _guard = new ListenerGuard(logger ?? NullLogger.Instance, time);
        _client = new(ClientIdTag, clientId);
        _meter = new Meter(MeterName);
        Traffic = new TrafficMetrics(_meter, _client, time, _guard);
        _acknowledged = Count("records.acknowledged", "{record}", "Records that a broker acknowledged; with acks = 0, records whose "
            + "bytes left.");
        _failed = Count("records.failed", "{record}", $"Accepted records that failed for good; `{ErrorTag}` is the broker's error, else "
            + "the `ProduceErrorCode`.");
        _refused = Count("records.refused", "{record}", $"Records that never came into a batch; `{ErrorTag}` is the `ProduceErrorCode`, or "
            + "`Cancelled` where the caller's token withdrew one that stood in line.");
        _observersFailed = Count("observers.failed", "{observer}", "Observers that threw and were detached.");
        _retried = Count("batches.retried", "{batch}", $"Attempts to send a batch that failed and are made again; `{ErrorTag}` is why.");
        _expired = Count("batches.expired", "{batch}", $"Batches that were not acknowledged within `DeliveryTimeout`; `{ErrorTag}` is "
            + "why their last attempt failed, if one did.");
        _split = Count("batches.split", "{batch}", "Batches that a broker found too large and that were sent again in parts.");
        _opened = Count("connections.opened", "{connection}", "Connections that were made and got through their handshake.");
        _connectFailed = Count("connections.failed", "{connection}", "Attempts to make a connection that failed.");
        _lost = Count("connections.lost", "{connection}", "Connections that ended while requests waited: closed by the broker, broken, or "
            + "given up because no answer came in time.");
        _closedWhileIdle = Count("connections.closed_while_idle", "{connection}", "Connections that a broker or the network closed while "
            + "no request waited; the next one is made when it is needed.");
        _throttles = Count("throttles", "{answer}", "Answers by which a broker, because of a quota, held this client back.");
        _throttleTime = _meter.CreateCounter<double>(
            "kafka.producer.throttle.time", "s", "How long brokers wanted this client to be silent, in sum.");
        _producerIds = Count("producer_ids", "{id}", "Producer ids that the cluster handed out.");
        _bumps = Count("epoch.bumps", "{bump}", "How often a partition began again under the next epoch of its producer id, or under "
            + "another id.");
    }

    /// <summary>The producer's own; others have the same name.</summary>
    public Meter Meter => _meter;

    /// <summary>What goes through.</summary>
    public TrafficMetrics Traffic { get; }

    /// <summary>Adds the gauges of a producer. Once, when it is made.</summary>
    public void AddGates(Func<ProducerStatus> look) => _ = new GateMetrics(_meter, _client, look, _time);

    public void Acknowledged(int records) => _guard.Add(_acknowledged, records, _client);

    public void Failed(int records, string error) => _guard.Add(_failed, records, _client, Error(error));

    public void Refused(string error) => _guard.Add(_refused, 1, _client, Error(error));

    public void ObserverFailed() => _guard.Add(_observersFailed, 1, _client);

    public void Retried(string error) => _guard.Add(_retried, 1, _client, Error(error));

    public void Expired(string? lastError)
    {
        if (lastError is null)
        {
            _guard.Add(_expired, 1, _client);
        }
        else
        {
            _guard.Add(_expired, 1, _client, Error(lastError));
        }
    }

    public void Split() => _guard.Add(_split, 1, _client);

    public void ConnectionOpened() => _guard.Add(_opened, 1, _client);

    public void ConnectFailed() => _guard.Add(_connectFailed, 1, _client);

    public void ConnectionLost() => _guard.Add(_lost, 1, _client);

    public void ClosedWhileIdle() => _guard.Add(_closedWhileIdle, 1, _client);

    public void Throttled(int milliseconds)
    {
        _guard.Add(_throttles, 1, _client);
        _guard.Add(_throttleTime, milliseconds / 1000d, _client);
    }

    public void ProducerIdTaken() => _guard.Add(_producerIds, 1, _client);

    public void EpochBumped() => _guard.Add(_bumps, 1, _client);

    /// <summary>Nobody hears of the producer's instruments any more.</summary>
    public void Dispose() => _guard.Run(_meter, static meter => meter.Dispose());

    private static KeyValuePair<string, object?> Error(string name) => new(ErrorTag, name);

    private Counter<long> Count(string name, string unit, string description) =>
        _meter.CreateCounter<long>($"kafka.producer.{name}", unit, description);
}
