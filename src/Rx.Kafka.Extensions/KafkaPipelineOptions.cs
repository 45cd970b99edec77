namespace Rx.Kafka;

/// <summary>How a pipeline runs in its host: what AddKafkaPipeline takes besides the source.</summary>
public sealed class KafkaPipelineOptions
{
    /// <summary>Names the pipeline in the log. Default null: <c>pipeline-N</c>, N counting from 1 in the service collection.</summary>
    public string? Name { get; init; }

    /// <summary>The name of the producer it sends with, as AddKafkaProducer was given it. Default null: the unnamed one.</summary>
    public string? Producer { get; init; }

    /// <summary>
    /// What a record that fails means. Default <see cref="OnFailure.Continue"/>: later ones are still sent, <see cref="Outcomes"/> or the
    /// log tell of it, and the pipeline has not failed. With <see cref="OnFailure.Halt"/> the pipeline stops and has failed.
    /// </summary>
    public OnFailure OnFailure { get; init; }

    /// <summary>
    /// What the failure of the pipeline means for the host. Default <see cref="KafkaPipelineFailure.StopHost"/>. A pipeline fails when its
    /// source does, when the observer of <see cref="Outcomes"/> throws, when the producer has ended by a fatal error, and with <see
    /// cref="OnFailure.Halt"/> when a record fails.
    /// </summary>
    public KafkaPipelineFailure Failure { get; init; }

    /// <summary>
    /// Makes the observer of the pipeline's outcomes, each with its record; called once, when the pipeline starts. The observer is called
    /// on <see cref="ProducerRuntime.TaskScheduler"/>, one outcome at a time; while it lags behind the source waits. Default null: failed
    /// records are logged.
    /// </summary>
    public Func<IServiceProvider, IObserver<Delivery<Record>>>? Outcomes { get; init; }
}
