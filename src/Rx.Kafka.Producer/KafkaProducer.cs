using Microsoft.Extensions.Logging;

namespace Rx.Kafka;

/// <summary>Skeleton.</summary>
public sealed class KafkaProducer : IObserver<Record>, IAsyncDisposable, IDisposable
{
    /// <summary>x</summary>
    public KafkaProducer(KafkaProducerOptions options, ILoggerFactory? loggerFactory = null) => throw new NotSupportedException($"{options} {loggerFactory}");
    /// <summary>x</summary>
    public IObservable<RecordMetadata> Acks => throw new NotSupportedException();
    /// <summary>x</summary>
    public IObservable<Delivery<Record>> Deliveries => throw new NotSupportedException();
    /// <summary>x</summary>
    public Task Completion => throw new NotSupportedException();
    /// <summary>x</summary>
    public void OnNext(Record value) => throw new NotSupportedException();
    /// <summary>x</summary>
    public void OnError(Exception error) => throw new NotSupportedException();
    /// <summary>x</summary>
    public void OnCompleted() => throw new NotSupportedException();
    /// <summary>x</summary>
    public ValueTask<RecordMetadata> SendAsync(Record record, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    /// <summary>x</summary>
    public ValueTask<Task<RecordMetadata>> EnqueueAsync(Record record, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    /// <summary>x</summary>
    public ValueTask ConnectAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    /// <summary>x</summary>
    public ValueTask<IReadOnlyList<PartitionInfo>> GetPartitionsAsync(string topic, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    /// <summary>x</summary>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    /// <summary>x</summary>
    public ValueTask PurgeAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    /// <summary>x</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
    /// <summary>x</summary>
    public void Dispose() => throw new NotSupportedException();
}
