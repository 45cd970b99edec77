namespace Rx.Kafka;

/// <summary>
/// What the failure of a pipeline means for the host; as the platform's BackgroundServiceExceptionBehavior, for each pipeline.
/// </summary>
public enum KafkaPipelineFailure
{
    /// <summary>
    /// The host stops, and its end throws the pipeline's exception: the process ends with an error, and its supervisor starts it again.
    /// </summary>
    StopHost,

    /// <summary>The failure is logged as an error, and the host goes on without the pipeline.</summary>
    Ignore,
}
