namespace Rx.Kafka;

/// <summary>
/// Sinks of typed topics: <c>events.Subscribe(Orders.SinkOf(producer, order => order.Id))</c>. And their records for who has an <see
/// cref="IKafkaProducer"/>; <see cref="KafkaProducer"/> has the same calls without memory for the record.
/// </summary>
public static class KafkaTopic
{
    /// <summary>Sends one record of a typed topic: <c>topic.Record(key, value)</c> by the producer's own SendAsync.</summary>
    /// <typeparam name="TKey">The topic's keys.</typeparam>
    /// <typeparam name="TValue">The topic's values.</typeparam>
    /// <param name="producer">Who sends it.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="key">The key; null = no key.</param>
    /// <param name="value">The value; null = Kafka's null, a tombstone.</param>
    /// <param name="cancellationToken">As the producer's SendAsync takes it.</param>
    /// <returns>Where the record stands on the log.</returns>
    /// <exception cref="KafkaProduceException">By the await: the record failed, or could not be serialized.</exception>
    public static async ValueTask<RecordMetadata> SendAsync<TKey, TValue>(
        this IKafkaProducer producer, Topic<TKey, TValue> topic, TKey? key, TValue? value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(producer);
        ArgumentNullException.ThrowIfNull(topic);
        return await producer.SendAsync(topic.Record(key, value), cancellationToken);
    }

    /// <summary>Sends one record of a topic without keys.</summary>
    /// <inheritdoc cref="SendAsync{TKey, TValue}(IKafkaProducer, Topic{TKey, TValue}, TKey, TValue, CancellationToken)"/>
    public static async ValueTask<RecordMetadata> SendAsync<TValue>(
        this IKafkaProducer producer, Topic<TValue> topic, TValue? value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(producer);
        ArgumentNullException.ThrowIfNull(topic);
        return await producer.SendAsync(topic.Record(value), cancellationToken);
    }

    /// <summary>Sends one record of a topic whose serializers may have to wait.</summary>
    /// <inheritdoc cref="SendAsync{TKey, TValue}(IKafkaProducer, Topic{TKey, TValue}, TKey, TValue, CancellationToken)"/>
    public static async ValueTask<RecordMetadata> SendAsync<TKey, TValue>(
        this IKafkaProducer producer,
        AsyncTopic<TKey, TValue> topic,
        TKey? key,
        TValue? value,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(producer);
        ArgumentNullException.ThrowIfNull(topic);
        return await producer.SendAsync(await topic.RecordAsync(key, value, cancellationToken), cancellationToken);
    }

    /// <summary>Opens a sink of a topic's values. Any thread.</summary>
    /// <typeparam name="TKey">The topic's keys.</typeparam>
    /// <typeparam name="TValue">The topic's values.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="producer">Who sends them.</param>
    /// <param name="keyOf">The key of a value; null = no key. If it throws, that value fails.</param>
    /// <param name="onFailure">What happens to later values after one has failed. Default: they go on.</param>
    /// <returns>An observer of values and an observable of their outcomes; dispose it, or end its source.</returns>
    /// <exception cref="ObjectDisposedException">The producer was disposed.</exception>
    public static TopicSink<TValue> SinkOf<TKey, TValue>(
        this Topic<TKey, TValue> topic, KafkaProducer producer, Func<TValue, TKey?> keyOf, OnFailure onFailure = OnFailure.Continue)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(producer);
        ArgumentNullException.ThrowIfNull(keyOf);
        return new TopicSink<TValue>(topic.Name, (value, buffer) => topic.Encoder.Encode(value, keyOf, buffer), producer.Core, onFailure);
    }

    /// <summary>Opens a sink of a topic without keys. Any thread.</summary>
    /// <typeparam name="TValue">The topic's values.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="producer">Who sends them.</param>
    /// <param name="onFailure">What happens to later values after one has failed. Default: they go on.</param>
    /// <returns>An observer of values and an observable of their outcomes; dispose it, or end its source.</returns>
    /// <exception cref="ObjectDisposedException">The producer was disposed.</exception>
    public static TopicSink<TValue> SinkOf<TValue>(
        this Topic<TValue> topic, KafkaProducer producer, OnFailure onFailure = OnFailure.Continue)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(producer);
        return new TopicSink<TValue>(topic.Name, (value, buffer) => topic.Encoder.Encode(null, value, buffer), producer.Core, onFailure);
    }
}
