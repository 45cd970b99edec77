using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Rx.Kafka.Serialization;

namespace Rx.Kafka;

/// <summary>
/// Serializers that write what those of the Java client write. All may be shared by any number of topics and threads, and allocate nothing
/// per value.
/// </summary>
public static class KafkaSerializers
{
    private const int GuidLength = 36;

    /// <summary>Text as UTF-8; null is Kafka's null, empty text is empty. Java: StringSerializer.</summary>
    public static IKafkaSerializer<string?> Utf8 { get; } = new DelegateSerializer<string?>(static (text, destination) =>
    {
        if (text is null)
        {
            return false;
        }

        Encoding.UTF8.GetBytes(text, destination);
        return true;
    });

    /// <summary>The bytes of an array as they are; null is Kafka's null, an empty array is empty. Java: ByteArraySerializer.</summary>
    public static IKafkaSerializer<byte[]?> Bytes { get; } = new DelegateSerializer<byte[]?>(static (bytes, destination) =>
    {
        destination.Write(bytes);
        return bytes is not null;
    });

    /// <summary>
    /// The bytes of memory as they are; memory without an array (<see cref="ReadOnlyMemory{T}.Empty"/>) is Kafka's null, as in a <see
    /// cref="Record"/>. Java: ByteBufferSerializer.
    /// </summary>
    public static IKafkaSerializer<ReadOnlyMemory<byte>> Memory { get; } =
        new DelegateSerializer<ReadOnlyMemory<byte>>(static (memory, destination) =>
        {
            destination.Write(memory.Span);
            return !Record.IsNull(memory);
        });

    /// <summary>A number as four bytes, the highest first. Java: IntegerSerializer.</summary>
    public static IKafkaSerializer<int> Int32 { get; } = Create<int>(static (number, destination) =>
    {
        BinaryPrimitives.WriteInt32BigEndian(destination.GetSpan(sizeof(int)), number);
        destination.Advance(sizeof(int));
    });

    /// <summary>A number as eight bytes, the highest first. Java: LongSerializer.</summary>
    public static IKafkaSerializer<long> Int64 { get; } = Create<long>(static (number, destination) =>
    {
        BinaryPrimitives.WriteInt64BigEndian(destination.GetSpan(sizeof(long)), number);
        destination.Advance(sizeof(long));
    });

    /// <summary>
    /// A GUID as text, as Java's UUIDSerializer writes it: 36 bytes such as <c>0f8fad5b-d9cb-469f-a165-70867728950e</c>, in lower case.
    /// Not the 16 bytes of <see cref="System.Guid.ToByteArray()"/>.
    /// </summary>
    public static IKafkaSerializer<Guid> Guid { get; } = Create<Guid>(static (guid, destination) =>
    {
        guid.TryFormat(destination.GetSpan(GuidLength), out var written);
        destination.Advance(written);
    });

    /// <summary>
    /// JSON by System.Text.Json's source generator, without reflection, so also in a program that is trimmed or compiled ahead of time:
    /// <c>KafkaSerializers.Json(MyJsonContext.Default.Order)</c>. Null is Kafka's null and never the text <c>null</c>.
    /// </summary>
    /// <typeparam name="T">What it writes.</typeparam>
    /// <param name="type">The type, as the generated context describes it; its options say how the text looks.</param>
    /// <returns>The serializer; keep it, for it keeps its writers.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="type"/> is null.</exception>
    public static IKafkaSerializer<T> Json<T>(JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return new JsonTypeSerializer<T>(type);
    }

    /// <summary>A serializer made of a function, for values that are never Kafka's null but when they are null themselves.</summary>
    /// <typeparam name="T">What it writes.</typeparam>
    /// <param name="write">Writes a value; called by many threads at once, with what <see cref="IKafkaSerializer{T}"/> says.</param>
    /// <returns>The serializer.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="write"/> is null.</exception>
    public static IKafkaSerializer<T> Create<T>(Action<T, IBufferWriter<byte>> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return new DelegateSerializer<T>((value, destination) =>
        {
            write(value, destination);
            return true;
        });
    }

    /// <summary>
    /// The same serializer as an asynchronous one that never waits: for the other half of an <see cref="AsyncTopic{TKey, TValue}"/>.
    /// </summary>
    /// <typeparam name="T">What it writes.</typeparam>
    /// <param name="serializer">The serializer.</param>
    /// <returns>The asynchronous serializer.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="serializer"/> is null.</exception>
    public static IAsyncKafkaSerializer<T> AsAsync<T>(this IKafkaSerializer<T> serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        return new ReadySerializer<T>(serializer);
    }
}
