using System.Runtime.CompilerServices;

namespace Rx.Kafka;

/// <content>Keys and values of text, arrays and memory, in every pair.</content>
public readonly partial record struct Record
{
    // The priorities make a bare null mean what it says: of the forms that take it, exactly one comes first.

    /// <summary>Makes a record without a key of raw bytes.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="value">The value; null is Kafka's null (a tombstone on a compacted topic).</param>
    /// <exception cref="ArgumentNullException"><paramref name="topic"/> is null.</exception>
    public Record(string topic, ReadOnlyMemory<byte>? value)
        : this(topic, (ReadOnlyMemory<byte>?)null, value)
    {
    }

    /// <summary>Makes a record without a key of an array; null stays Kafka's null.</summary>
    /// <inheritdoc cref="Record(string, ReadOnlyMemory{byte}?)"/>
    [OverloadResolutionPriority(2)]
    public Record(string topic, byte[]? value)
        : this(topic, (byte[]?)null, value)
    {
    }

    /// <summary>Makes a record without a key of text, encoded as UTF-8; null stays Kafka's null.</summary>
    /// <inheritdoc cref="Record(string, ReadOnlyMemory{byte}?)"/>
    [OverloadResolutionPriority(1)]
    public Record(string topic, string? value)
        : this(topic, (byte[]?)null, Utf8(value))
    {
    }

    /// <summary>Makes a record of raw bytes.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="key">The key; null = no key.</param>
    /// <param name="value">The value; null is Kafka's null (a tombstone on a compacted topic).</param>
    /// <exception cref="ArgumentNullException"><paramref name="topic"/> is null.</exception>
    public Record(string topic, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte>? value)
    {
        ArgumentNullException.ThrowIfNull(topic);
        _topic = topic;
        _key = key.GetValueOrDefault();
        _value = value.GetValueOrDefault();
        _present = (IsNull(_value) ? 0 : Present.Value) | (IsNull(_key) ? 0 : Present.Key);
    }

    /// <summary>Makes a record of arrays; null stays Kafka's null.</summary>
    /// <inheritdoc cref="Record(string, ReadOnlyMemory{byte}?, ReadOnlyMemory{byte}?)"/>
    [OverloadResolutionPriority(8)]
    public Record(string topic, byte[]? key, byte[]? value)
    {
        ArgumentNullException.ThrowIfNull(topic);
        _topic = topic;
        _key = key;
        _value = value;
        _present = (value is null ? 0 : Present.Value) | (key is null ? 0 : Present.Key);
    }

    /// <summary>Makes a record with a key of an array and a text value, encoded as UTF-8; null stays Kafka's null.</summary>
    /// <inheritdoc cref="Record(string, ReadOnlyMemory{byte}?, ReadOnlyMemory{byte}?)"/>
    [OverloadResolutionPriority(7)]
    public Record(string topic, byte[]? key, string? value)
        : this(topic, key, Utf8(value))
    {
    }

    /// <summary>Makes a record with a key of an array and a value of memory; null stays Kafka's null.</summary>
    /// <inheritdoc cref="Record(string, ReadOnlyMemory{byte}?, ReadOnlyMemory{byte}?)"/>
    [OverloadResolutionPriority(6)]
    public Record(string topic, byte[]? key, ReadOnlyMemory<byte>? value)
        : this(topic, (ReadOnlyMemory<byte>?)key, value)
    {
    }

    /// <summary>Makes a record with a text key, encoded as UTF-8, and a value of an array; null stays Kafka's null.</summary>
    /// <inheritdoc cref="Record(string, ReadOnlyMemory{byte}?, ReadOnlyMemory{byte}?)"/>
    [OverloadResolutionPriority(5)]
    public Record(string topic, string? key, byte[]? value)
        : this(topic, Utf8(key), value)
    {
    }

    /// <summary>Makes a record of text, both encoded as UTF-8; null stays Kafka's null.</summary>
    /// <inheritdoc cref="Record(string, ReadOnlyMemory{byte}?, ReadOnlyMemory{byte}?)"/>
    [OverloadResolutionPriority(4)]
    public Record(string topic, string? key, string? value)
        : this(topic, Utf8(key), Utf8(value))
    {
    }

    /// <summary>Makes a record with a text key, encoded as UTF-8, and a value of memory; null stays Kafka's null.</summary>
    /// <inheritdoc cref="Record(string, ReadOnlyMemory{byte}?, ReadOnlyMemory{byte}?)"/>
    [OverloadResolutionPriority(3)]
    public Record(string topic, string? key, ReadOnlyMemory<byte>? value)
        : this(topic, (ReadOnlyMemory<byte>?)Utf8(key), value)
    {
    }

    /// <summary>Makes a record with a key of memory and a value of an array; null stays Kafka's null.</summary>
    /// <inheritdoc cref="Record(string, ReadOnlyMemory{byte}?, ReadOnlyMemory{byte}?)"/>
    [OverloadResolutionPriority(2)]
    public Record(string topic, ReadOnlyMemory<byte>? key, byte[]? value)
        : this(topic, key, (ReadOnlyMemory<byte>?)value)
    {
    }

    /// <summary>Makes a record with a key of memory and a text value, encoded as UTF-8; null stays Kafka's null.</summary>
    /// <inheritdoc cref="Record(string, ReadOnlyMemory{byte}?, ReadOnlyMemory{byte}?)"/>
    [OverloadResolutionPriority(1)]
    public Record(string topic, ReadOnlyMemory<byte>? key, string? value)
        : this(topic, key, (ReadOnlyMemory<byte>?)Utf8(value))
    {
    }
}
