namespace Rx.Kafka.Hosting;

/// <summary>
/// A producer as the container hands it out by its interface. The container disposes what it has made in the opposite order, and would
/// take the interface's registration for a later object than the producer's: the producer would end before others that use it. So this
/// one's dispose does nothing, also where a class disposes what was injected.
/// </summary>
internal sealed class SharedProducer(KafkaProducer producer) : IKafkaProducer, IDisposable
{
    public IObservable<RecordMetadata> Acks => producer.Acks;

    public IObservable<Delivery<Record>> Deliveries => producer.Deliveries;

    public Task Completion => producer.Completion;

    public void OnNext(Record value) => producer.OnNext(value);

    public void OnError(Exception error) => producer.OnError(error);

    public void OnCompleted() => producer.OnCompleted();

    public ValueTask<RecordMetadata> SendAsync(Record record, CancellationToken cancellationToken = default) =>
        producer.SendAsync(record, cancellationToken);

    public ValueTask<Task<RecordMetadata>> EnqueueAsync(Record record, CancellationToken cancellationToken = default) =>
        producer.EnqueueAsync(record, cancellationToken);

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => producer.FlushAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A container that is not disposed asynchronously throws for objects that can only be disposed so.</summary>
    public void Dispose()
    {
    }
}
