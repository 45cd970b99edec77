using Rx.Kafka.Concurrency;

namespace Rx.Kafka;

/// <content>Giving records up.</content>
public sealed partial class KafkaProducer
{
    /// <summary>
    /// Fails every record accepted or waiting in line now with <see cref="ProduceErrorCode.Aborted"/>, and completes when they are
    /// decided; later ones are untouched.
    /// </summary>
    /// <param name="reason">Why, for those who learn of it: the errors' message has it. Say what to do, too. Default null: none.</param>
    /// <param name="cancellationToken">Ends the wait, not the purge.</param>
    /// <returns>Completes on <see cref="ProducerRuntime.TaskScheduler"/>.</returns>
    public ValueTask PurgeAsync(string? reason = null, CancellationToken cancellationToken = default) =>
        new(_core.PurgeAsync(reason).On(_core.Runtime.TaskScheduler).WaitAsync(cancellationToken));

    /// <inheritdoc cref="PurgeAsync(string, CancellationToken)"/>
    public ValueTask PurgeAsync(CancellationToken cancellationToken) => PurgeAsync(reason: null, cancellationToken);
}
