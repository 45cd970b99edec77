using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Diagnostics;

/// <summary>
/// What goes wrong on the control connection: like <see cref="SendingEvents"/>, one log event and one count for each occurrence.
/// Control loop.
/// </summary>
internal sealed class MetadataEvents(ILogger logger, ProducerMetrics metrics, TimeProvider time)
{
    private readonly LogRate _throttles = new(time);
    private readonly LogRate _delays = new(time);
    private readonly LogRate _addresses = new(time);

    /// <summary>For what is logged and not counted.</summary>
    public ILogger Logger => logger;

    public void Connected(string endPoint)
    {
        metrics.ConnectionOpened();
        MetadataLog.Connected(logger, endPoint);
    }

    public void ConnectFailed(string endPoint, string reason)
    {
        metrics.ConnectFailed();
        MetadataLog.ConnectFailed(logger, endPoint, reason);
    }

    public void ConnectionLost(string endPoint, string reason)
    {
        metrics.ConnectionLost();
        MetadataLog.ConnectionLost(logger, endPoint, reason);
    }

    /// <summary>The broker or the network closed it while it owed nothing.</summary>
    public void ClosedWhileIdle(string endPoint, string reason)
    {
        metrics.ClosedWhileIdle();
        MetadataLog.ConnectionClosed(logger, endPoint, reason);
    }

    /// <summary>We closed it, and nothing is wrong.</summary>
    public void ConnectionClosed(string endPoint, string reason) => MetadataLog.ConnectionClosed(logger, endPoint, reason);

    public void Throttled(string endPoint, string request, int milliseconds)
    {
        metrics.Throttled(milliseconds);
        if (_throttles.Passes(1, out var total))
        {
            MetadataLog.Throttled(logger, endPoint, request, milliseconds, total - 1);
        }
    }

    /// <summary>The cluster could not hand out a producer id, and is asked again.</summary>
    public void ProducerIdDelayed(int attempt, string error, TimeSpan delay)
    {
        if (_delays.Passes(1, out var total))
        {
            MetadataLog.ProducerIdDelayed(logger, attempt, error, delay.TotalMilliseconds, total - 1);
        }
    }

    /// <summary>An answer names brokers that nobody can connect to, beside others.</summary>
    public void AddressesPassedOver(string brokers)
    {
        if (_addresses.Passes(1, out var total))
        {
            MetadataLog.AddressesPassedOver(logger, brokers, total - 1);
        }
    }
}
