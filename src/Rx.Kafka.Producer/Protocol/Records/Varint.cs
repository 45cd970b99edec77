using System.Numerics;

namespace Rx.Kafka.Protocol.Records;

/// <summary>
/// Variable-length integers: groups of 7 bits, lowest first, the high bit says "more follows". Inside records they are zigzag-coded: 0,
/// -1, 1, -2 …
/// </summary>
internal static class Varint
{
    /// <summary>The longest encoding of 32 bits.</summary>
    public const int MaximumSize32 = 5;

    /// <summary>The longest encoding of 64 bits.</summary>
    public const int MaximumSize64 = 10;

    public static uint ZigZag(int value) => (uint)((value << 1) ^ (value >> 31));

    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public static int Size(int value) => UnsignedSize(ZigZag(value));

    public static int Size(long value) => UnsignedSize(ZigZag(value));

    // ceil(bits / 7) without a division: exact for 1 to 64 bits.
    public static int UnsignedSize(uint value) => ((BitOperations.Log2(value | 1) * 9) + 73) >> 6;

    public static int UnsignedSize(ulong value) => ((BitOperations.Log2(value | 1) * 9) + 73) >> 6;

    /// <summary>Writes a signed value.</summary>
    /// <returns>The bytes written.</returns>
    public static int Write(Span<byte> destination, int value) => WriteUnsigned(destination, ZigZag(value));

    /// <inheritdoc cref="Write(Span{byte}, int)"/>
    public static int Write(Span<byte> destination, long value) => WriteUnsigned(destination, ZigZag(value));

    /// <summary>Reads a signed value that we wrote ourselves; what comes from the network is read by <c>KafkaReader</c>.</summary>
    /// <returns>The bytes read.</returns>
    public static int Read(ReadOnlySpan<byte> source, out long value)
    {
        ulong coded = 0;
        for (var size = 0; ; size++)
        {
            coded |= (source[size] & 0x7FUL) << (7 * size);
            if (source[size] < 0x80)
            {
                value = (long)(coded >> 1) ^ -(long)(coded & 1);
                return size + 1;
            }
        }
    }

    /// <summary>Writes an unsigned value.</summary>
    /// <returns>The bytes written.</returns>
    public static int WriteUnsigned(Span<byte> destination, ulong value)
    {
        var size = 0;
        while (value >= 0x80)
        {
            destination[size++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[size] = (byte)value;
        return size + 1;
    }
}
