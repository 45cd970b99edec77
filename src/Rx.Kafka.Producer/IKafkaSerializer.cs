using System.Buffers;

namespace Rx.Kafka;

/// <summary>Turns a key or a value into bytes. Called by many threads at once, on the thread that sends.</summary>
/// <remarks>
/// A serializer that needs the network once, such as one that asks a schema registry for the id of its one schema, asks before it is
/// made, and is synchronous after that: <code>
/// var avro = await AvroSerializer.CreateAsync(registry, subject: "orders-value"); // registers the schema, keeps its id
/// var orders = new Topic&lt;string, Order&gt;("orders", KafkaSerializers.Utf8, avro);
/// </code> One that learns its schema from each value is an <see cref="IAsyncKafkaSerializer{T}"/>.
/// </remarks>
/// <typeparam name="T">What it writes.</typeparam>
public interface IKafkaSerializer<in T>
{
    /// <summary>Writes a value.</summary>
    /// <param name="value">The value; a topic never passes null, for null is Kafka's null.</param>
    /// <param name="destination">Where to; only until the call returns, for the memory then serves other records.</param>
    /// <returns>True = what was written is the value, also when that is nothing. False = Kafka's null; what was written is
    /// dropped.</returns>
    bool Serialize(T value, IBufferWriter<byte> destination);
}

/// <summary>Turns a key or a value into bytes, and may have to wait for it: a schema registry's adapter.</summary>
/// <remarks>
/// It waits when a schema is new, and completes at once when it knows the schema's id, which then costs no more than an <see
/// cref="IKafkaSerializer{T}"/> does: <code>
/// public ValueTask&lt;bool&gt; SerializeAsync(
///     T value, IBufferWriter&lt;byte&gt; destination, SerializationContext context, CancellationToken end)
/// {
///     var subject = $"{context.Topic}-{(context.IsKey ? "key" : "value")}";
///     return ids.TryGetValue((subject, value.Schema), out var id)
///         ? new(Write(id, value, destination))               // the magic byte 0, the id, the value
///         : RegisterAndWriteAsync(subject, value, destination, end);
/// }
/// </code> One wait must not be the wait of all: let callers that meet an unknown schema share one request.
/// </remarks>
/// <typeparam name="T">What it writes.</typeparam>
public interface IAsyncKafkaSerializer<in T>
{
    /// <summary>Writes a value. Called by many threads at once.</summary>
    /// <param name="value">The value; a topic never passes null, for null is Kafka's null.</param>
    /// <param name="destination">Where to; only until the result is there.</param>
    /// <param name="context">For which topic, and whether it is the key.</param>
    /// <param name="cancellationToken">Ends the wait. There is no other limit to it: a serializer has a timeout of its own.</param>
    /// <returns>True = what was written is the value. False = Kafka's null; what was written is dropped.</returns>
    ValueTask<bool> SerializeAsync(
        T value, IBufferWriter<byte> destination, SerializationContext context, CancellationToken cancellationToken);
}

/// <summary>What an asynchronous serializer is told of the record: schema registries name a schema after it.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="IsKey">True = the record's key, false = its value.</param>
public readonly record struct SerializationContext(string Topic, bool IsKey);
