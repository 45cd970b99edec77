namespace Rx.Kafka;

/// <summary>The one outcome of one offered element: acknowledged, or failed with a reason.</summary>
/// <typeparam name="T">What went in: the record itself on <see cref="KafkaProducer.Deliveries"/>.</typeparam>
public readonly struct Delivery<T>
{
    private readonly string? _topic;
    private readonly ProduceError? _error;
    private readonly long _offset;
    private readonly long _timestamp;
    private readonly int _partition;

    internal Delivery(in T state, string topic, int partition, long offset, long timestamp, Persistence persistence = Persistence.Persisted)
    {
        State = state;
        _topic = topic;
        _partition = partition;
        _offset = offset;
        _timestamp = timestamp;
        Persistence = persistence;
    }

    internal Delivery(in T state, string topic, int partition, long timestamp, ProduceError error)
        : this(state, topic, partition, offset: -1, timestamp)
    {
        _error = error;
        Persistence = error.Persistence;
    }

    /// <summary>The element that went in; a record's memory is the caller's own.</summary>
    public T State { get; }

    /// <summary>Whether the record was acknowledged.</summary>
    public bool Succeeded => _error is null && _topic is not null;

    /// <summary>What is known about the record being on the log. With acks = 0 an acknowledged record is only <see cref="Persistence.PossiblyPersisted"/>.</summary>
    public Persistence Persistence { get; }

    /// <summary>Where the record stands on the log.</summary>
    /// <exception cref="KafkaProduceException">The record failed: this is <see cref="Error"/>.</exception>
    public RecordMetadata Metadata => _error is null
        ? new RecordMetadata(_topic ?? "", _partition, _offset, DateTimeOffset.FromUnixTimeMilliseconds(_timestamp))
        : throw _error.ToException();

    /// <summary>Why the record failed, a new object at each call; null when it succeeded.</summary>
    public KafkaProduceException? Error => _error?.ToException();
}
