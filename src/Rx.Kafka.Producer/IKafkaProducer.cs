namespace Rx.Kafka;

/// <summary>
/// What most code needs of a <see cref="KafkaProducer"/>, to be mocked or decorated: an observer of records, their outcomes, and awaits.
/// Typed topics are sent by <see cref="KafkaTopic"/>; sinks, operators and <c>SendAllAsync</c> need the producer itself. Code that is to be
/// tested with its timing and its failures is better given a real producer on the brokers of Rx.Kafka.Testing.
/// </summary>
public interface IKafkaProducer : IObserver<Record>, IAsyncDisposable
{
    /// <inheritdoc cref="KafkaProducer.Acks"/>
    IObservable<RecordMetadata> Acks { get; }

    /// <inheritdoc cref="KafkaProducer.Deliveries"/>
    IObservable<Delivery<Record>> Deliveries { get; }

    /// <inheritdoc cref="KafkaProducer.Completion"/>
    Task Completion { get; }

    /// <inheritdoc cref="KafkaProducer.SendAsync"/>
    ValueTask<RecordMetadata> SendAsync(Record record, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="KafkaProducer.EnqueueAsync"/>
    ValueTask<Task<RecordMetadata>> EnqueueAsync(Record record, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="KafkaProducer.FlushAsync"/>
    ValueTask FlushAsync(CancellationToken cancellationToken = default);
}
