using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Diagnostics;

/// <summary>Events 400-499: sinks and the producer's life.</summary>
internal static partial class SinkLog
{
    [LoggerMessage(400, LogLevel.Error, "An observer threw; it is detached")]
    public static partial void ObserverThrew(ILogger logger, Exception error);

    [LoggerMessage(401, LogLevel.Warning, "{Count} record(s) refused, last one for topic {Topic}: {Code}: {Message}")]
    public static partial void Refused(ILogger logger, long count, string topic, ProduceErrorCode code, string message);

    [LoggerMessage(402, LogLevel.Warning, "Records were offered after the producer was disposed; they are refused")]
    public static partial void OfferedAfterDispose(ILogger logger);

    [LoggerMessage(403, LogLevel.Error, "The source of the records failed; what was accepted is still sent")]
    public static partial void SourceFailed(ILogger logger, Exception error);

    [LoggerMessage(404, LogLevel.Critical, "The producer ended: {Message}")]
    public static partial void Fatal(ILogger logger, string message);

    [LoggerMessage(405, LogLevel.Warning, "Not everything was acknowledged within CloseTimeout ({Timeout} ms); the rest fails as Closed")]
    public static partial void CloseTimedOut(ILogger logger, double timeout);
}
