namespace Rx.Kafka.Serialization;

/// <summary>Serializes records of one topic into memory that is used again. Any thread.</summary>
/// <param name="topic">The topic's name.</param>
/// <param name="keys">Null = its records have no keys.</param>
/// <param name="values">The serializer of the values.</param>
internal sealed class TopicEncoder<TKey, TValue>(string topic, IKafkaSerializer<TKey>? keys, IKafkaSerializer<TValue> values)
{
    public string Topic => topic;

    /// <summary>Serializes key and value; the record is then <see cref="SerializationBuffer.Borrowed"/>.</summary>
    /// <returns>Why it cannot be serialized; null = it was.</returns>
    public ProduceError? Encode(TKey? key, TValue? value, SerializationBuffer buffer)
    {
        var part = "key";
        try
        {
            buffer.EndKey(key is not null && keys is not null && keys.Serialize(key, buffer));
            part = "value";
            buffer.EndValue(value is not null && values.Serialize(value, buffer));
            return null;
        }
        catch (Exception thrown)
        {
            return SerializationFault.Of(topic, part, thrown);
        }
    }

    /// <summary>The same for a value that tells its key; a selector that throws is a fault of its record.</summary>
    public ProduceError? Encode(TValue value, Func<TValue, TKey?> keyOf, SerializationBuffer buffer)
    {
        TKey? key;
        try
        {
            key = keyOf(value);
        }
        catch (Exception thrown)
        {
            return SerializationFault.Of(topic, "key", thrown);
        }

        return Encode(key, value, buffer);
    }

    /// <summary>A record with this key and Kafka's null as its value, in memory of its own.</summary>
    /// <exception cref="KafkaProduceException">The key cannot be serialized, or comes out as Kafka's null.</exception>
    public Record Tombstone(TKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var buffer = SerializationBuffer.Rent();
        try
        {
            buffer.EndKey(keys!.Serialize(key, buffer) ? true : throw new InvalidOperationException("A tombstone needs a key."));
            return buffer.Borrowed(topic).WithMemoryOfItsOwn();
        }
        catch (Exception thrown)
        {
            throw SerializationFault.Of(topic, "key", thrown).ToException();
        }
        finally
        {
            buffer.Return();
        }
    }

    /// <summary>The record in memory of its own.</summary>
    /// <exception cref="KafkaProduceException">It cannot be serialized.</exception>
    public Record Encoded(TKey? key, TValue? value)
    {
        var buffer = SerializationBuffer.Rent();
        if (Encode(key, value, buffer) is { } error)
        {
            buffer.Return();
            throw error.ToException();
        }

        var record = buffer.Borrowed(topic).WithMemoryOfItsOwn();
        buffer.Return();
        return record;
    }
}

/// <summary>The error of a record that could not be serialized.</summary>
internal static class SerializationFault
{
    // Not the exception's message: it may quote the value, which may be secret, and the error's text is logged.
    public static ProduceError Of(string topic, string part, Exception thrown) => new(
        ProduceErrorCode.Serialization,
        $"The {part} of a record of topic {topic} cannot be serialized: its serializer threw {thrown.GetType().Name}, see the inner "
        + "exception. Correct the value or the serializer; other records are not concerned.",
        Cause: thrown);
}
