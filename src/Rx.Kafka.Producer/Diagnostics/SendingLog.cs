using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Diagnostics;

/// <summary>Events 300-399: batches and the loops that send them.</summary>
internal static partial class SendingLog
{
    [LoggerMessage(300, LogLevel.Information, "Sending {Count} record(s) of {Topic}-{Partition} again after attempt {Attempts}: {Cause}")]
    public static partial void Retrying(ILogger logger, string topic, int partition, int count, int attempts, string cause);

    [LoggerMessage(301, LogLevel.Warning, "{Count} record(s) failed, the last ones of {Topic}-{Partition}: {Code}, {Persistence}: {Message}")]
    public static partial void RecordsFailed(ILogger logger, long count, string topic, int partition, ProduceErrorCode code, Persistence persistence, string message);

    [LoggerMessage(302, LogLevel.Information, "Connection to broker {Broker} at {EndPoint} is ready")]
    public static partial void Connected(ILogger logger, int broker, string endPoint);

    [LoggerMessage(303, LogLevel.Warning, "No connection to broker {Broker} at {EndPoint}, next attempt in {Delay} ms: {Cause}")]
    public static partial void ConnectFailed(ILogger logger, int broker, string endPoint, double delay, string cause);

    [LoggerMessage(304, LogLevel.Information, "Connection to broker {Broker} at {EndPoint} ended: {Cause}")]
    public static partial void Disconnected(ILogger logger, int broker, string endPoint, string cause);

    [LoggerMessage(305, LogLevel.Warning, "Broker {Broker} throttles this client for {Delay} ms")]
    public static partial void Throttled(ILogger logger, int broker, int delay);

    [LoggerMessage(306, LogLevel.Information, "Partition {Topic}-{Partition} moves to broker {Broker}")]
    public static partial void LeaderMoved(ILogger logger, string topic, int partition, int broker);

    [LoggerMessage(307, LogLevel.Critical, "A sending loop failed; the producer ends")]
    public static partial void LoopFailed(ILogger logger, Exception error);

    [LoggerMessage(308, LogLevel.Warning, "The answer of {EndPoint} names {Topic}-{Partition}, which was not asked for; ignored")]
    public static partial void UnaskedPartition(ILogger logger, string endPoint, string topic, int partition);

    [LoggerMessage(320, LogLevel.Information, "{Count} record(s) of {Topic}-{Partition} with {Bytes} bytes are split and sent in halves: {Cause}")]
    public static partial void Splitting(ILogger logger, string topic, int partition, int count, int bytes, string cause);
}
