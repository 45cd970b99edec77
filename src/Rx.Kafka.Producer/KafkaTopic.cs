namespace Rx.Kafka;

/// <summary>Sinks of typed topics: <c>events.Subscribe(Orders.SinkOf(producer, order => order.Id))</c>.</summary>
public static class KafkaTopic
{
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
