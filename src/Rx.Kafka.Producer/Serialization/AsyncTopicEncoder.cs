namespace Rx.Kafka.Serialization;

/// <summary>Serializes records of one topic whose serializers may wait. Any thread.</summary>
/// <param name="topic">The topic's name.</param>
/// <param name="keys">The serializer of the keys.</param>
/// <param name="values">The serializer of the values.</param>
internal sealed class AsyncTopicEncoder<TKey, TValue>(
    string topic, IAsyncKafkaSerializer<TKey> keys, IAsyncKafkaSerializer<TValue> values)
{
    public string Topic => topic;

    /// <summary>
    /// Serializes key and value; the record is then <see cref="SerializationBuffer.Borrowed"/>. Completes at once, and allocates nothing,
    /// when both serializers do.
    /// </summary>
    /// <returns>Why it cannot be serialized; null = it was.</returns>
    /// <exception cref="OperationCanceledException">By the await: cancelled.</exception>
    public async ValueTask<ProduceError?> EncodeAsync(
        TKey? key, TValue? value, SerializationBuffer buffer, CancellationToken cancellationToken)
    {
        var isKey = true;
        try
        {
            buffer.EndKey(key is not null && await keys.SerializeAsync(key, buffer, new(topic, isKey), cancellationToken));
            isKey = false;
            buffer.EndValue(value is not null && await values.SerializeAsync(value, buffer, new(topic, isKey), cancellationToken));
            return null;
        }
        catch (Exception thrown) when (thrown is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return SerializationFault.Of(topic, isKey ? "key" : "value", thrown);
        }
    }
}
