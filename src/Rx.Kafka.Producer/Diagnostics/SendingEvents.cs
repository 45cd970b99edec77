using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Diagnostics;

/// <summary>
/// What goes wrong with batches, connections and producer ids: each occurrence is one log event and one count, made here together so that
/// they never differ. Where an outage can bring thousands, one event a second says how many were left out; the counters count all. Any
/// thread.
/// </summary>
internal sealed class SendingEvents(ILogger logger, ProducerMetrics metrics, TimeProvider time, TaskScheduler scheduler) : IDisposable
{
    private readonly LogRate _retries = new(time);
    private readonly LogRate _expiries = new(time);
    private readonly LogTally<(string Topic, int Partition, ProduceError Error)> _failures = new(
        time, scheduler, (count, last) => SendingLog.RecordsFailed(
            logger, count, last.Topic, last.Partition, last.Error.Code, last.Error.Persistence, last.Error.Message));
    private readonly LogRate _splits = new(time);
    private readonly LogRate _codecs = new(time);

    /// <summary>For what floods by broker: a loop takes one for each kind of event.</summary>
    public LogRate NewRate() => new(time);

    /// <summary>What goes through, in numbers alone.</summary>
    public TrafficMetrics Traffic => metrics.Traffic;

    /// <summary>A batch is on the log.</summary>
    public void Acknowledged(int records) => metrics.Acknowledged(records);

    /// <summary>An attempt failed and is made again.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="records">In the batch.</param>
    /// <param name="attempt">Which one failed, from 1.</param>
    /// <param name="retriesLeft">How often it may be sent again.</param>
    /// <param name="error">The error's name.</param>
    /// <param name="delay">Until the partition sends again.</param>
    /// <param name="cause">In words.</param>
    public void Retried(string topic, int partition, int records, int attempt, int retriesLeft, string error, TimeSpan delay, string cause)
    {
        metrics.Retried(error);
        if (_retries.Passes(1, out var total))
        {
            SendingLog.Retrying(logger, topic, partition, records, attempt, retriesLeft, error, delay.TotalMilliseconds, total - 1, cause);
        }
    }

    /// <summary>A batch fails because its time is over.</summary>
    public void Expired(string topic, int partition, int records, int attempts, string? lastError, ProduceError error)
    {
        metrics.Expired(lastError);
        metrics.Failed(records, error.Code.ToString());
        if (_expiries.Passes(1, out var total))
        {
            SendingLog.Expired(
                logger, topic, partition, records, attempts, lastError ?? "none", error.Persistence, total - 1, error.Message);
        }
    }

    /// <summary>Records of a batch failed for another reason.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="records">How many.</param>
    /// <param name="unobserved">How many of them nobody else tells the user of: only those are logged.</param>
    /// <param name="error">What they fail with.</param>
    public void Failed(string topic, int partition, int records, int unobserved, ProduceError error)
    {
        metrics.Failed(records, error.Name);
        if (unobserved > 0)
        {
            _failures.Add(unobserved, (topic, partition, error));
        }
    }

    /// <summary>A batch was too large and goes again in parts, none above a limit.</summary>
    public void Split(string topic, int partition, int records, int bytes, int limit)
    {
        metrics.Split();
        if (_splits.Passes(1, out var total))
        {
            SendingLog.Split(logger, topic, partition, records, bytes, limit, total - 1);
        }
    }

    /// <summary>A codec is not taken; the partition goes on with another one.</summary>
    public void CodecRefused(string topic, int partition, CompressionType refused, CompressionType next, string cause)
    {
        if (_codecs.Passes(1, out var total))
        {
            SendingLog.CodecRefused(logger, topic, partition, refused, next, cause, total - 1);
        }
    }

    public void Connected(int broker, string endPoint)
    {
        metrics.ConnectionOpened();
        SendingLog.Connected(logger, broker, endPoint);
    }

    public void ConnectFailed(int broker, string endPoint, int attempts, TimeSpan delay, string cause, LogRate rate)
    {
        metrics.ConnectFailed();
        if (rate.Passes(1, out var total))
        {
            SendingLog.ConnectFailed(logger, broker, endPoint, attempts, delay.TotalMilliseconds, total - 1, cause);
        }
    }

    /// <summary>A broker does not take this client's credential; each cause is logged once.</summary>
    public void Refused(int broker, string cause, bool isNews)
    {
        metrics.ConnectFailed();
        if (isNews)
        {
            SendingLog.Refused(logger, broker, cause);
        }
    }

    public void ConnectionLost(int broker, string endPoint, TimeSpan delay, string cause)
    {
        metrics.ConnectionLost();
        SendingLog.ConnectionLost(logger, broker, endPoint, delay.TotalMilliseconds, cause);
    }

    /// <summary>The broker or the network closed it while it owed nothing.</summary>
    public void ClosedWhileIdle(int broker, string endPoint, string reason)
    {
        metrics.ClosedWhileIdle();
        SendingLog.ConnectionClosed(logger, broker, endPoint, reason);
    }

    /// <summary>We closed it, and nothing is wrong.</summary>
    public void ConnectionClosed(int broker, string endPoint, string reason) =>
        SendingLog.ConnectionClosed(logger, broker, endPoint, reason);

    public void Throttled(int broker, string endPoint, int milliseconds, LogRate rate)
    {
        metrics.Throttled(milliseconds);
        if (rate.Passes(1, out var total))
        {
            SendingLog.Throttled(logger, broker, endPoint, milliseconds, total - 1);
        }
    }

    /// <summary>A partition goes on under the next epoch.</summary>
    public void EpochBumped(string topic, int partition, long producerId, short epoch)
    {
        metrics.EpochBumped();
        SendingLog.EpochBumped(logger, topic, partition, producerId, epoch);
    }

    /// <summary>A partition goes on under another producer id, when there is one.</summary>
    public void ProducerIdDropped(string topic, int partition, long producerId)
    {
        metrics.EpochBumped();
        SendingLog.ProducerIdDropped(logger, topic, partition, producerId);
    }

    public void ProducerIdTaken(long producerId, short epoch)
    {
        metrics.ProducerIdTaken();
        SendingLog.ProducerIdTaken(logger, producerId, epoch);
    }

    public void ProducerIdRefused(ProduceError error) => SendingLog.ProducerIdRefused(logger, error.Code, error.Message);

    /// <summary>Says what is unsaid.</summary>
    public void Dispose() => _failures.Dispose();
}
