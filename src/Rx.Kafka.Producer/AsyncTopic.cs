using Rx.Kafka.Serialization;

namespace Rx.Kafka;

/// <summary>
/// A topic whose serializers may have to wait, as those of a schema registry do; otherwise as <see cref="Topic{TKey, TValue}"/>. Any
/// thread.
/// </summary>
/// <remarks>
/// Nothing bounds the wait but the serializer's own timeout and the caller's token. Records come into the log in the order in which their
/// serializers were done; who needs the order of the calls awaits <see cref="RecordAsync"/> of each before that of the next. Flush and
/// dispose know of a record once it is serialized.
/// </remarks>
/// <typeparam name="TKey">The keys.</typeparam>
/// <typeparam name="TValue">The values.</typeparam>
public sealed class AsyncTopic<TKey, TValue>
{
    /// <summary>Describes a topic; nothing is asked of any broker or registry.</summary>
    /// <param name="name">The topic's name.</param>
    /// <param name="key">Writes the keys; a synchronous serializer is given as <c>KafkaSerializers.Utf8.AsAsync()</c>.</param>
    /// <param name="value">Writes the values.</param>
    /// <exception cref="ArgumentException">The name is null or empty, or a serializer is null.</exception>
    public AsyncTopic(string name, IAsyncKafkaSerializer<TKey> key, IAsyncKafkaSerializer<TValue> value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        Encoder = new AsyncTopicEncoder<TKey, TValue>(name, key, value);
    }

    /// <summary>The topic's name.</summary>
    public string Name => Encoder.Topic;

    internal AsyncTopicEncoder<TKey, TValue> Encoder { get; }

    /// <summary>
    /// Makes a record, in memory of its own: it can be kept. Headers, a time and a partition are added by <c>record with { … }</c>.
    /// </summary>
    /// <param name="key">The key; null = no key.</param>
    /// <param name="value">The value; null = Kafka's null.</param>
    /// <param name="cancellationToken">Given to the serializers.</param>
    /// <returns>The record. The rest of the call runs where the caller awaits.</returns>
    /// <exception cref="KafkaProduceException">By the await: a serializer failed, <see cref="ProduceErrorCode.Serialization"/>, with its
    /// exception as the inner one.</exception>
    /// <exception cref="OperationCanceledException">By the await: cancelled.</exception>
    public async ValueTask<Record> RecordAsync(TKey? key, TValue? value, CancellationToken cancellationToken = default)
    {
        var buffer = SerializationBuffer.Rent();
        var encoding = Encoder.EncodeAsync(key, value, buffer, cancellationToken);
        var wasReady = encoding.IsCompleted;
        var error = await encoding;
        var record = error is null ? buffer.Borrowed(Name).WithMemoryOfItsOwn() : default;
        if (wasReady)
        {
            buffer.Return();
        }

        return error is null ? record : throw error.ToException();
    }
}
