using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Diagnostics;

/// <summary>Events 300-399: batches and the loops that send them.</summary>
internal static partial class SendingLog
{
    [LoggerMessage(300, LogLevel.Information,
        "{Topic}-{Partition}: attempt {Attempt} to send {Records} record(s) failed with {Error}, the next one in {Delay} ms "
        + "({RetriesLeft} retries left; {LeftOut} more since the last such line): {Cause}")]
    public static partial void Retrying(
        ILogger logger, string topic, int partition, int records, int attempt, int retriesLeft, string error, double delay, long leftOut,
        string cause);

    [LoggerMessage(301, LogLevel.Warning,
        "{Count} record(s) failed, the last ones of {Topic}-{Partition}: {Code}, {Persistence}: {Message}")]
    public static partial void RecordsFailed(
        ILogger logger, long count, string topic, int partition, ProduceErrorCode code, Persistence persistence, string message);

    [LoggerMessage(302, LogLevel.Information, "Connection to broker {Broker} at {EndPoint} is ready")]
    public static partial void Connected(ILogger logger, int broker, string endPoint);

    [LoggerMessage(303, LogLevel.Warning,
        "No connection to broker {Broker} at {EndPoint} after {Attempts} attempt(s), the next one in {Delay} ms ({LeftOut} more since "
        + "the last such line): {Cause}")]
    public static partial void ConnectFailed(
        ILogger logger, int broker, string endPoint, int attempts, double delay, long leftOut, string cause);

    [LoggerMessage(304, LogLevel.Warning,
        "Connection to broker {Broker} at {EndPoint} was lost, the next one in {Delay} ms if needed: {Cause}")]
    public static partial void ConnectionLost(ILogger logger, int broker, string endPoint, double delay, string cause);

    [LoggerMessage(305, LogLevel.Warning,
        "Broker {Broker} at {EndPoint} throttles this client for {Delay} ms ({LeftOut} more since the last such line)")]
    public static partial void Throttled(ILogger logger, int broker, string endPoint, int delay, long leftOut);

    [LoggerMessage(306, LogLevel.Information, "Partition {Topic}-{Partition} moves to broker {Broker}")]
    public static partial void LeaderMoved(ILogger logger, string topic, int partition, int broker);

    [LoggerMessage(307, LogLevel.Critical, "A sending loop failed; the producer ends")]
    public static partial void LoopFailed(ILogger logger, Exception error);

    [LoggerMessage(308, LogLevel.Warning,
        "The answer of {EndPoint} names {Count} partitions that were not asked for, first {Partition}; ignored")]
    public static partial void UnaskedPartitions(ILogger logger, string endPoint, int count, string partition);

    [LoggerMessage(309, LogLevel.Debug, "Connection to broker {Broker} at {EndPoint} is closed: {Reason}")]
    public static partial void ConnectionClosed(ILogger logger, int broker, string endPoint, string reason);

    [LoggerMessage(310, LogLevel.Warning,
        "{Topic}-{Partition}: {Records} record(s) not acknowledged within DeliveryTimeout after {Attempts} attempt(s), last error "
        + "{Error}, {Persistence} ({LeftOut} more since the last such line): {Message}")]
    public static partial void Expired(
        ILogger logger, string topic, int partition, int records, int attempts, string error, Persistence persistence, long leftOut,
        string message);

    [LoggerMessage(311, LogLevel.Information,
        "{Topic}-{Partition} begins again under epoch {Epoch} of producer id {ProducerId}: its numbers have a gap that cannot be filled")]
    public static partial void EpochBumped(ILogger logger, string topic, int partition, long producerId, short epoch);

    [LoggerMessage(312, LogLevel.Information, "Producer id {ProducerId}, epoch {Epoch}")]
    public static partial void ProducerIdTaken(ILogger logger, long producerId, short epoch);

    [LoggerMessage(313, LogLevel.Information,
        "{Topic}-{Partition} needs another producer id than {ProducerId}: its epochs are used up, or refused")]
    public static partial void ProducerIdDropped(ILogger logger, string topic, int partition, long producerId);

    [LoggerMessage(314, LogLevel.Warning,
        "No producer id, so what waits for one fails; it is asked for again after a back-off, quietly until the answer is another. "
        + "{Code}: {Message}")]
    public static partial void ProducerIdRefused(ILogger logger, ProduceErrorCode code, string message);

    [LoggerMessage(315, LogLevel.Information,
        "{Topic}-{Partition}: a batch of {Records} record(s), {Bytes} bytes, is too large for the broker and goes again in parts of at "
        + "most {Limit} bytes, as later ones do; set BatchSize (batch.size) below the topic's max.message.bytes "
        + "({LeftOut} more since the last such line)")]
    public static partial void Split(ILogger logger, string topic, int partition, int records, int bytes, int limit, long leftOut);

    [LoggerMessage(317, LogLevel.Error,
        "Broker {Broker} does not take this client's credential; it is tried again after a back-off, quietly until it is taken or the "
        + "cause is another. {Reason}")]
    public static partial void Refused(ILogger logger, int broker, string reason);

    [LoggerMessage(316, LogLevel.Warning,
        "{Topic}-{Partition}: {Refused} is not taken, so batches go with {Next} from now on "
        + "({LeftOut} more since the last such line): {Cause}")]
    public static partial void CodecRefused(
        ILogger logger, string topic, int partition, CompressionType refused, CompressionType next, string cause, long leftOut);
}
