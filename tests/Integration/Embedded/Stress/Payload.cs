using System.Buffers.Binary;

namespace Rx.Kafka.Integration.Embedded.Stress;

/// <summary>The first bytes of each value say whose record it is.</summary>
internal static class Payload
{
    public const int Length = 12;

    public static void Write(Span<byte> value, int flow, int number, int part)
    {
        BinaryPrimitives.WriteInt32BigEndian(value, flow);
        BinaryPrimitives.WriteInt32BigEndian(value[4..], number);
        BinaryPrimitives.WriteInt32BigEndian(value[8..], part);
    }

    public static (int Flow, int Number, int Part) Read(ReadOnlySpan<byte> value) => (
        BinaryPrimitives.ReadInt32BigEndian(value),
        BinaryPrimitives.ReadInt32BigEndian(value[4..]),
        BinaryPrimitives.ReadInt32BigEndian(value[8..]));
}
