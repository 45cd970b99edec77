using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Diagnostics;

/// <summary>Events 400-499: sinks and the producer's life.</summary>
internal static partial class SinkLog
{
    [LoggerMessage(400, LogLevel.Error, "An observer of {Stream} threw; it is detached, and Completion will fault with its error")]
    public static partial void ObserverThrew(ILogger logger, Exception error, string stream);

    [LoggerMessage(401, LogLevel.Warning, "{Count} record(s) refused, last one for topic {Topic}: {Code}: {Message}")]
    public static partial void Refused(ILogger logger, long count, string topic, ProduceErrorCode code, string message);

    [LoggerMessage(
        402, LogLevel.Error,
        "{Count} record(s) refused, last one for topic {Topic}: OnNext came after OnCompleted or OnError. If two sources share one "
            + "observer and one has ended, merge them, give each a sink of its own (OpenSink), or subscribe each by OnNext alone: "
            + "source.Subscribe(producer.OnNext). "
            + "If the records come from the producer's own streams, but behind ObserveOn or an await, use SendAsync")]
    public static partial void OfferedLate(ILogger logger, long count, string topic);

    [LoggerMessage(403, LogLevel.Error, "The source of the records failed; what was accepted is still sent")]
    public static partial void SourceFailed(ILogger logger, Exception error);

    [LoggerMessage(404, LogLevel.Critical, "The producer ended: {Message}")]
    public static partial void Fatal(ILogger logger, string message);

    [LoggerMessage(405, LogLevel.Warning, "Not everything was acknowledged within CloseTimeout ({Timeout} ms); the rest fails as Closed")]
    public static partial void CloseTimedOut(ILogger logger, double timeout);

    [LoggerMessage(406, LogLevel.Warning, "OnNext has waited {Waited:0} ms {What}")]
    public static partial void Waits(ILogger logger, double waited, string what);

    [LoggerMessage(
        407, LogLevel.Error,
        "Observers have not returned from all outcomes within CloseTimeout ({Timeout} ms); the producer is closed without them")]
    public static partial void ObserversAbandoned(ILogger logger, double timeout);

    [LoggerMessage(
        408, LogLevel.Error,
        "Interceptor {Interceptor} threw; the others and the records go on ({Count} time(s) since the last such line)")]
    public static partial void InterceptorThrew(ILogger logger, Exception error, string interceptor, long count);

    [LoggerMessage(
        409, LogLevel.Error,
        "The {Codec} codec threw for topic {Topic} partition {Partition}; the batch goes uncompressed "
        + "({Count} time(s) since the last such line)")]
    public static partial void CodecThrew(
        ILogger logger, Exception error, CompressionType codec, string topic, int partition, long count);

    [LoggerMessage(
        410, LogLevel.Error,
        "A listener to this producer's metrics or spans threw, or a propagator; records are not concerned "
        + "({Count} time(s) since the last such line)")]
    public static partial void ListenerThrew(ILogger logger, Exception error, long count);
}
