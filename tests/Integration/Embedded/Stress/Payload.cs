using System.Buffers.Binary;

namespace Rx.Kafka.Integration.Embedded.Stress;

/// <summary>The first bytes of each value say whose record it is.</summary>
internal static class Payload
{
    public const int Length = 13;

    public static void Write(Span<byte> value, int flow, int number, int part)
    {
        BinaryPrimitives.WriteInt32BigEndian(value, flow);
        BinaryPrimitives.WriteInt32BigEndian(value[4..], number);
        BinaryPrimitives.WriteInt32BigEndian(value[8..], part);
    }

    /// <summary>Says whether its key or its caller chose the partition: such ones keep their order.</summary>
    public static void WriteIsOrdered(Span<byte> value, bool isOrdered) => value[12] = isOrdered ? (byte)1 : (byte)0;

    public static (int Flow, int Number, int Part) Read(ReadOnlySpan<byte> value) => (
        BinaryPrimitives.ReadInt32BigEndian(value),
        BinaryPrimitives.ReadInt32BigEndian(value[4..]),
        BinaryPrimitives.ReadInt32BigEndian(value[8..]));

    public static bool ReadIsOrdered(ReadOnlySpan<byte> value) => value[12] != 0;
}
