using System.Buffers;

namespace Rx.Kafka.Serialization;

/// <summary>A serializer that is one function.</summary>
/// <param name="serialize">What <see cref="IKafkaSerializer{T}.Serialize"/> does.</param>
internal sealed class DelegateSerializer<T>(Func<T, IBufferWriter<byte>, bool> serialize) : IKafkaSerializer<T>
{
    public bool Serialize(T value, IBufferWriter<byte> destination) => serialize(value, destination);
}

/// <summary>A synchronous serializer where an asynchronous one is wanted.</summary>
internal sealed class ReadySerializer<T>(IKafkaSerializer<T> serializer) : IAsyncKafkaSerializer<T>
{
    public ValueTask<bool> SerializeAsync(
        T value, IBufferWriter<byte> destination, SerializationContext context, CancellationToken cancellationToken) =>
        new(serializer.Serialize(value, destination));
}
