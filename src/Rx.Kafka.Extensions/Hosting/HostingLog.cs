using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Rx.Kafka.Hosting;

/// <summary>Events 600-699, in a category of their own: producers and pipelines in a host. docs/hosting.md lists them.</summary>
internal static partial class HostingLog
{
    /// <summary>The category.</summary>
    public static ILogger LoggerOf(IServiceProvider services) =>
        (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger("Rx.Kafka.Extensions");

    [LoggerMessage(600, LogLevel.Debug, "Kafka pipeline {Pipeline} started")]
    public static partial void PipelineStarted(ILogger logger, string pipeline);

    [LoggerMessage(601, LogLevel.Information, "Kafka pipeline {Pipeline} has ended: its source is at its end, or the host stops")]
    public static partial void PipelineEnded(ILogger logger, string pipeline);

    [LoggerMessage(602, LogLevel.Critical, "Kafka pipeline {Pipeline} failed, so the host stops (KafkaPipelineFailure.StopHost)")]
    public static partial void PipelineStopsHost(ILogger logger, Exception error, string pipeline);

    [LoggerMessage(603, LogLevel.Error, "Kafka pipeline {Pipeline} failed; the host goes on without it (KafkaPipelineFailure.Ignore)")]
    public static partial void PipelineFailed(ILogger logger, Exception error, string pipeline);

    [LoggerMessage(
        604, LogLevel.Warning,
        "Kafka pipeline {Pipeline} had not ended when the host's shutdown timeout was over: records without outcome are left, the "
            + "observer of its outcomes has not returned, or its source does not heed its cancellation or has not returned "
            + "from its dispose")]
    public static partial void PipelineNotDrained(ILogger logger, string pipeline);

    [LoggerMessage(
        605, LogLevel.Warning,
        "Kafka producer {Producer} had records without outcome ({Bytes} bytes of batches) when the host's shutdown timeout was over; "
            + "they are given up and fail as Aborted. Raise HostOptions.ShutdownTimeout if brokers need longer")]
    public static partial void GivenUp(ILogger logger, string producer, long bytes);

    [LoggerMessage(606, LogLevel.Error, "Kafka pipeline {Pipeline} failed while the host was stopping")]
    public static partial void PipelineFailedInStop(ILogger logger, Exception error, string pipeline);
}
