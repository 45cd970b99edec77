using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Diagnostics;

/// <summary>
/// What connections log: events 100-199. That one was made, failed or has ended is told by its owner, who knows what it was for.
/// </summary>
internal static partial class NetworkLog
{
    [LoggerMessage(EventId = 102, Level = LogLevel.Information, Message =
        "{EndPoint} sent bytes after the end of an answer. They are ignored; said once per connection.")]
    public static partial void SurplusBytes(ILogger logger, string endPoint);

    [LoggerMessage(EventId = 103, Level = LogLevel.Information, Message =
        "{EndPoint} answered a request that asked for no answer (acks = 0). It is ignored; said once per connection.")]
    public static partial void UnaskedAnswer(ILogger logger, string endPoint);

    [LoggerMessage(EventId = 104, Level = LogLevel.Error, Message =
        "A fault of this library: whoever sent on the connection to {EndPoint} could not take the news of its end. Please report it.")]
    public static partial void OwnerFailed(ILogger logger, string endPoint, Exception exception);

    [LoggerMessage(EventId = 105, Level = LogLevel.Debug, Message = "A connection attempt that was given up has failed.")]
    public static partial void AbandonedConnectFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 106, Level = LogLevel.Warning, Message = "The transport failed to close the connection to {EndPoint}.")]
    public static partial void CompletionFailed(ILogger logger, string endPoint, Exception exception);
}
