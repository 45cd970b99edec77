namespace Rx.Kafka;

/// <summary>
/// A typed topic together with the producer that sends its records: what a class takes in its constructor that writes to one topic. Made
/// by <c>services.AddKafkaTopic(topic)</c>. Any thread.
/// </summary>
/// <typeparam name="TKey">The topic's keys.</typeparam>
/// <typeparam name="TValue">The topic's values.</typeparam>
/// <param name="topic">The topic.</param>
/// <param name="producer">Who sends its records; it is not disposed with this.</param>
public sealed class TopicProducer<TKey, TValue>(Topic<TKey, TValue> topic, KafkaProducer producer)
{
    /// <summary>The topic.</summary>
    public Topic<TKey, TValue> Topic { get; } = topic ?? throw new ArgumentNullException(nameof(topic));

    /// <summary>Who sends its records.</summary>
    public KafkaProducer Producer { get; } = producer ?? throw new ArgumentNullException(nameof(producer));

    /// <summary>Sends one record; allocates nothing.</summary>
    /// <param name="key">The key; null = no key.</param>
    /// <param name="value">The value; null = Kafka's null, a tombstone.</param>
    /// <param name="cancellationToken">Before the record is accepted it is withdrawn for certain; later only the await ends.</param>
    /// <returns>Where the record stands on the log.</returns>
    /// <exception cref="KafkaProduceException">By the await: the record failed, or could not be serialized.</exception>
    /// <exception cref="ObjectDisposedException">The producer was disposed.</exception>
    public ValueTask<RecordMetadata> SendAsync(TKey? key, TValue? value, CancellationToken cancellationToken = default) =>
        Producer.SendAsync(Topic, key, value, cancellationToken);

    /// <summary>Opens a sink of values, for a stream of them.</summary>
    /// <param name="keyOf">The key of a value; null = no key. If it throws, that value fails.</param>
    /// <param name="onFailure">What happens to later values after one has failed. Default: they go on.</param>
    /// <returns>An observer of values and an observable of their outcomes; dispose it, or end its source.</returns>
    /// <exception cref="ObjectDisposedException">The producer was disposed.</exception>
    public TopicSink<TValue> OpenSink(Func<TValue, TKey?> keyOf, OnFailure onFailure = OnFailure.Continue) =>
        Topic.SinkOf(Producer, keyOf, onFailure);
}

/// <summary>The same for a topic without keys.</summary>
/// <typeparam name="TValue">The topic's values.</typeparam>
/// <param name="topic">The topic.</param>
/// <param name="producer">Who sends its records; it is not disposed with this.</param>
public sealed class TopicProducer<TValue>(Topic<TValue> topic, KafkaProducer producer)
{
    /// <summary>The topic.</summary>
    public Topic<TValue> Topic { get; } = topic ?? throw new ArgumentNullException(nameof(topic));

    /// <summary>Who sends its records.</summary>
    public KafkaProducer Producer { get; } = producer ?? throw new ArgumentNullException(nameof(producer));

    /// <summary>Sends one record; allocates nothing.</summary>
    /// <param name="value">The value; null = Kafka's null.</param>
    /// <param name="cancellationToken">Before the record is accepted it is withdrawn for certain; later only the await ends.</param>
    /// <returns>Where the record stands on the log.</returns>
    /// <exception cref="KafkaProduceException">By the await: the record failed, or could not be serialized.</exception>
    /// <exception cref="ObjectDisposedException">The producer was disposed.</exception>
    public ValueTask<RecordMetadata> SendAsync(TValue? value, CancellationToken cancellationToken = default) =>
        Producer.SendAsync(Topic, value, cancellationToken);

    /// <summary>Opens a sink of values, for a stream of them.</summary>
    /// <param name="onFailure">What happens to later values after one has failed. Default: they go on.</param>
    /// <returns>An observer of values and an observable of their outcomes; dispose it, or end its source.</returns>
    /// <exception cref="ObjectDisposedException">The producer was disposed.</exception>
    public TopicSink<TValue> OpenSink(OnFailure onFailure = OnFailure.Continue) => Topic.SinkOf(Producer, onFailure);
}
