using Rx.Kafka.Serialization;

namespace Rx.Kafka;

/// <summary>
/// A topic whose records have keys and values of certain types: a name and two serializers. It belongs to no producer, and one producer
/// serves any number of topics. Keep it, in a static field for example. Any thread.
/// </summary>
/// <remarks><code>
/// static readonly Topic&lt;string, Order&gt; Orders = new("orders", KafkaSerializers.Utf8, KafkaSerializers.Json(MyJson.Default.Order));
///
/// await producer.SendAsync(Orders, order.Id, order);                              // one by one
/// events.Select(order => Orders.Record(order.Id, order)).Subscribe(producer);     // a stream
/// await producer.SendAsync(Orders, order.Id, null);                               // a tombstone
/// </code>Null is Kafka's null: no key, or no value (a tombstone on a compacted topic). The serializers are not asked then.</remarks>
/// <typeparam name="TKey">The keys. Topics without keys are <see cref="Topic{TValue}"/>.</typeparam>
/// <typeparam name="TValue">The values.</typeparam>
public sealed class Topic<TKey, TValue>
{
    /// <summary>Describes a topic; nothing is asked of any broker.</summary>
    /// <param name="name">The topic's name.</param>
    /// <param name="key">Writes the keys.</param>
    /// <param name="value">Writes the values.</param>
    /// <exception cref="ArgumentException">The name is null or empty, or a serializer is null.</exception>
    public Topic(string name, IKafkaSerializer<TKey> key, IKafkaSerializer<TValue> value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        Encoder = new TopicEncoder<TKey, TValue>(name, key, value);
    }

    /// <summary>The topic's name.</summary>
    public string Name => Encoder.Topic;

    internal TopicEncoder<TKey, TValue> Encoder { get; }

    /// <summary>
    /// Makes a record, in memory of its own: it can be kept. <see cref="KafkaProducer.SendAsync{TKey, TValue}(Topic{TKey, TValue}, TKey,
    /// TValue, CancellationToken)"/> does without that memory.
    /// </summary>
    /// <param name="key">The key; null = no key.</param>
    /// <param name="value">The value; null = Kafka's null.</param>
    /// <param name="headers">The headers; null = none.</param>
    /// <param name="timestamp">When the event happened, not before 1970; null = the time of acceptance.</param>
    /// <param name="partition">The partition, from 0; null = chosen by key or by the partitioner.</param>
    /// <returns>The record.</returns>
    /// <exception cref="KafkaProduceException">A serializer threw: <see cref="ProduceErrorCode.Serialization"/>, with its exception as the
    /// inner one. In a <c>Select</c> this is the end of the stream.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time lies before 1970, or the partition is negative.</exception>
    public Record Record(
        TKey? key, TValue? value, RecordHeaders? headers = null, DateTimeOffset? timestamp = null, int? partition = null) =>
        Encoder.Encoded(key, value) with { Headers = headers ?? RecordHeaders.Empty, Timestamp = timestamp, Partition = partition };

    /// <summary>
    /// Makes a record that deletes a key's value on a compacted topic, also where <typeparamref name="TValue"/> has no null.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <returns>The record; headers, a time and a partition are added by <c>record with { … }</c>.</returns>
    /// <exception cref="KafkaProduceException">The serializer threw, or gave no key: <see
    /// cref="ProduceErrorCode.Serialization"/>.</exception>
    /// <exception cref="ArgumentNullException">The key is null.</exception>
    public Record Tombstone(TKey key) => Encoder.Tombstone(key);
}

/// <summary>A topic whose records have no keys; otherwise as <see cref="Topic{TKey, TValue}"/>.</summary>
/// <typeparam name="TValue">The values.</typeparam>
public sealed class Topic<TValue>
{
    /// <summary>Describes a topic; nothing is asked of any broker.</summary>
    /// <param name="name">The topic's name.</param>
    /// <param name="value">Writes the values.</param>
    /// <exception cref="ArgumentException">The name is null or empty, or the serializer is null.</exception>
    public Topic(string name, IKafkaSerializer<TValue> value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        Encoder = new TopicEncoder<object, TValue>(name, keys: null, value);
    }

    /// <summary>The topic's name.</summary>
    public string Name => Encoder.Topic;

    // The type of the keys that are never there does not matter.
    internal TopicEncoder<object, TValue> Encoder { get; }

    /// <inheritdoc cref="Topic{TKey, TValue}.Record"/>
    public Record Record(TValue? value, RecordHeaders? headers = null, DateTimeOffset? timestamp = null, int? partition = null) =>
        Encoder.Encoded(null, value) with { Headers = headers ?? RecordHeaders.Empty, Timestamp = timestamp, Partition = partition };
}
