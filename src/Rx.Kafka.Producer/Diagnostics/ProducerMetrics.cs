using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Rx.Kafka.Diagnostics;

/// <summary>
/// What one producer counts, with the instruments of all; each measurement carries the client's name. Counted per batch,
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
    private readonly KeyValuePair<string, object?> _client;
    private ProducerGates? _gates;

    public ProducerMetrics(string clientId, TimeProvider time, ILogger? logger = null)
    {
        _time = time;
        _guard = new ListenerGuard(logger ?? NullLogger.Instance, time);
        _client = new(ClientIdTag, new string(clientId.AsSpan()));
        Traffic = new TrafficMetrics(_client, time, _guard);
    }

    /// <summary>The client's name, an object of this producer alone: it tells its measurements from those of a namesake.</summary>
    public object Client => _client.Value!;

    /// <summary>What goes through.</summary>
    public TrafficMetrics Traffic { get; }

    /// <summary>Adds the gauges of a producer. Once, when it is made.</summary>
    public void AddGates(Func<ProducerStatus> look)
    {
        _gates = new ProducerGates(_client, look, _time);
        Instruments.Gates.Add(_gates);
    }

    public void Acknowledged(int records) => _guard.Add(Instruments.Acknowledged, records, _client);

    public void Failed(int records, string error) => _guard.Add(Instruments.Failed, records, _client, Error(error));

    public void Refused(string error) => _guard.Add(Instruments.Refused, 1, _client, Error(error));

    public void ObserverFailed() => _guard.Add(Instruments.ObserversFailed, 1, _client);

    public void Retried(string error) => _guard.Add(Instruments.Retried, 1, _client, Error(error));

    public void Expired(string? lastError)
    {
        if (lastError is null)
        {
            _guard.Add(Instruments.Expired, 1, _client);
        }
        else
        {
            _guard.Add(Instruments.Expired, 1, _client, Error(lastError));
        }
    }

    public void Split() => _guard.Add(Instruments.Split, 1, _client);

    public void ConnectionOpened() => _guard.Add(Instruments.ConnectionsOpened, 1, _client);

    public void ConnectFailed() => _guard.Add(Instruments.ConnectionsFailed, 1, _client);

    public void ConnectionLost() => _guard.Add(Instruments.ConnectionsLost, 1, _client);

    public void ClosedWhileIdle() => _guard.Add(Instruments.ClosedWhileIdle, 1, _client);

    public void Throttled(int milliseconds)
    {
        _guard.Add(Instruments.Throttles, 1, _client);
        _guard.Add(Instruments.ThrottleTime, milliseconds / 1000d, _client);
    }

    public void ProducerIdTaken() => _guard.Add(Instruments.ProducerIds, 1, _client);

    public void EpochBumped() => _guard.Add(Instruments.EpochBumps, 1, _client);

    /// <summary>The producer's gauges are not read any more.</summary>
    public void Dispose()
    {
        if (_gates is { } gates)
        {
            Instruments.Gates.Remove(gates);
        }
    }

    private static KeyValuePair<string, object?> Error(string name) => new(ErrorTag, name);
}
