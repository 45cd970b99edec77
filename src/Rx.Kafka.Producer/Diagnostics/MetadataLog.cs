using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Diagnostics;

/// <summary>
/// What the control loop and its tasks log: events 200-299. Attempts are quiet, because one broker of many may well not answer; a
/// whole round in vain is loud.
/// </summary>
internal static partial class MetadataLog
{
    [LoggerMessage(EventId = 200, Level = LogLevel.Debug, Message = "A metadata request was in vain: {Reason}")]
    public static partial void AttemptFailed(ILogger logger, string reason);

    [LoggerMessage(EventId = 201, Level = LogLevel.Warning, Message =
        "No broker could tell about the cluster; it is tried again after a back-off, quietly until one answers. {Reason}")]
    public static partial void RoundFailed(ILogger logger, string reason);

    [LoggerMessage(EventId = 212, Level = LogLevel.Error, Message =
        "The brokers do not take this client's credential; it is tried again after a back-off, quietly until it is taken or the cause is "
        + "another. {Reason}")]
    public static partial void Refused(ILogger logger, string reason);

    [LoggerMessage(EventId = 202, Level = LogLevel.Error, Message =
        "A fault of this library: the control loop failed and goes on. Please report it.")]
    public static partial void LoopFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 203, Level = LogLevel.Warning, Message =
        "{EndPoint} speaks a metadata version in which AllowAutoCreateTopics = false cannot be said: its own auto.create.topics.enable "
        + "decides.")]
    public static partial void AutoCreationNotDenied(ILogger logger, string endPoint);

    [LoggerMessage(EventId = 204, Level = LogLevel.Warning, Message =
        "The brokers are now those of another cluster ({ClusterId}). What was known of the other one is dropped.")]
    public static partial void OtherCluster(ILogger logger, string clusterId);

    [LoggerMessage(EventId = 205, Level = LogLevel.Debug, Message =
        "Topic {Topic} was not used for MetadataMaxIdle and is not asked for any more.")]
    public static partial void TopicDropped(ILogger logger, string topic);

    [LoggerMessage(EventId = 206, Level = LogLevel.Information, Message = "Control connection to {EndPoint} is ready")]
    public static partial void Connected(ILogger logger, string endPoint);

    [LoggerMessage(EventId = 207, Level = LogLevel.Debug, Message = "No control connection to {EndPoint}: {Reason}")]
    public static partial void ConnectFailed(ILogger logger, string endPoint, string reason);

    [LoggerMessage(EventId = 208, Level = LogLevel.Warning, Message = "Control connection to {EndPoint} was lost: {Reason}")]
    public static partial void ConnectionLost(ILogger logger, string endPoint, string reason);

    [LoggerMessage(EventId = 209, Level = LogLevel.Debug, Message = "Control connection to {EndPoint} is closed: {Reason}")]
    public static partial void ConnectionClosed(ILogger logger, string endPoint, string reason);

    [LoggerMessage(EventId = 210, Level = LogLevel.Warning, Message =
        "{EndPoint} throttles this client's {Request} requests for {Delay} ms ({LeftOut} more since the last such line)")]
    public static partial void Throttled(ILogger logger, string endPoint, string request, int delay, long leftOut);

    [LoggerMessage(EventId = 211, Level = LogLevel.Warning, Message =
        "No producer id yet, attempt {Attempt} ended with {Error}, the next one in {Delay} ms ({LeftOut} more since the last such line)")]
    public static partial void ProducerIdDelayed(ILogger logger, int attempt, string error, double delay, long leftOut);

    [LoggerMessage(EventId = 213, Level = LogLevel.Information, Message =
        "The cluster asks for metrics: {Metrics} of them are pushed every {Interval} ms, as client instance {ClientInstanceId}")]
    public static partial void MetricsWanted(ILogger logger, int metrics, double interval, Guid clientInstanceId);

    [LoggerMessage(EventId = 214, Level = LogLevel.Warning, Message =
        "No metrics are pushed to brokers any more: {EndPoint} answered {Error}; set EnableMetricsPush to false to push none at all")]
    public static partial void MetricsRefused(ILogger logger, string endPoint, string error);

    [LoggerMessage(EventId = 215, Level = LogLevel.Debug, Message =
        "{EndPoint} took no metrics, and answered {Error}; the next request in {Delay} ms")]
    public static partial void MetricsFailed(ILogger logger, string endPoint, string error, double delay);

    [LoggerMessage(EventId = 216, Level = LogLevel.Warning, Message =
        "Brokers advertise addresses that cannot be connected to, so records for the partitions that they lead wait: {Brokers}; correct "
        + "advertised.listeners of these brokers ({LeftOut} more since the last such line)")]
    public static partial void AddressesPassedOver(ILogger logger, string brokers, long leftOut);
}
