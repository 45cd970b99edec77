using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Diagnostics;

/// <summary>What the refresh loop logs: events 200-299.</summary>
internal static partial class MetadataLog
{
    [LoggerMessage(EventId = 200, Level = LogLevel.Debug, Message = "A metadata attempt failed: {Reason}")]
    public static partial void AttemptFailed(ILogger logger, string reason);

    [LoggerMessage(EventId = 201, Level = LogLevel.Warning, Message = "No broker could tell about the cluster; it is tried again behind a back-off, quietly until one answers. {Reason}")]
    public static partial void RoundFailed(ILogger logger, string reason);

    [LoggerMessage(EventId = 202, Level = LogLevel.Error, Message = "A fault of this library: the refresh loop failed and goes on. Please report it.")]
    public static partial void LoopFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 203, Level = LogLevel.Warning, Message = "{EndPoint} speaks a metadata version in which AllowAutoCreateTopics = false cannot be said: its own auto.create.topics.enable decides.")]
    public static partial void AutoCreationNotDenied(ILogger logger, string endPoint);

    [LoggerMessage(EventId = 204, Level = LogLevel.Warning, Message = "The brokers are now those of another cluster ({ClusterId}). What was known of the other one is dropped.")]
    public static partial void OtherCluster(ILogger logger, string clusterId);

    [LoggerMessage(EventId = 205, Level = LogLevel.Debug, Message = "Topic {Topic} was not used for MetadataMaxIdle and is not asked for any more.")]
    public static partial void TopicDropped(ILogger logger, string topic);
}
