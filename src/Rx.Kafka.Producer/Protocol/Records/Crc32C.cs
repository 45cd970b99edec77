using System.Numerics;
using System.Runtime.InteropServices;

namespace Rx.Kafka.Protocol.Records;

/// <summary>
/// CRC-32C (Castagnoli). <see cref="BitOperations"/> uses the processor's instruction where there is one, and tables elsewhere. The
/// instruction gives a result after three cycles but can start one each cycle, so three parts of a block run side by side and are then
/// combined.
/// </summary>
internal static class Crc32C
{
    /// <summary>The state before the first byte.</summary>
    public const uint Start = 0xFFFFFFFF;

    // As long as a page: the processor reads ahead within one, and the bytes of a batch were mostly written by another core.
    private const int LongStripe = 4096;
    private const int ShortStripe = 128;

    private static readonly uint[] LongShift = ShiftTable(LongStripe);
    private static readonly uint[] ShortShift = ShiftTable(ShortStripe);

    /// <summary>The state after more bytes.</summary>
    public static uint Append(uint crcState, ReadOnlySpan<byte> data)
    {
        while (data.Length >= 3 * LongStripe)
        {
            crcState = ThreeStripes(crcState, data[..(3 * LongStripe)], LongStripe, LongShift);
            data = data[(3 * LongStripe)..];
        }

        while (data.Length >= 3 * ShortStripe)
        {
            crcState = ThreeStripes(crcState, data[..(3 * ShortStripe)], ShortStripe, ShortShift);
            data = data[(3 * ShortStripe)..];
        }

        return OneStripe(crcState, data);
    }

    /// <summary>The checksum of all bytes appended.</summary>
    public static uint Finish(uint crcState) => ~crcState;

    private static uint OneStripe(uint state, ReadOnlySpan<byte> data)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(data);
        foreach (var word in words)
        {
            state = BitOperations.Crc32C(state, LittleEndian(word));
        }

        foreach (var octet in data[(words.Length * sizeof(ulong))..])
        {
            state = BitOperations.Crc32C(state, octet);
        }

        return state;
    }

    private static uint ThreeStripes(uint state, ReadOnlySpan<byte> data, int stripe, uint[] shift)
    {
        var first = MemoryMarshal.Cast<byte, ulong>(data[..stripe]);
        var second = MemoryMarshal.Cast<byte, ulong>(data.Slice(stripe, stripe))[..first.Length];
        var third = MemoryMarshal.Cast<byte, ulong>(data.Slice(2 * stripe, stripe))[..first.Length];
        var (a, b, c) = (state, 0u, 0u);
        for (var i = 0; i < first.Length; i++)
        {
            a = BitOperations.Crc32C(a, LittleEndian(first[i]));
            b = BitOperations.Crc32C(b, LittleEndian(second[i]));
            c = BitOperations.Crc32C(c, LittleEndian(third[i]));
        }

        // The checksum is linear: that of "a then b" is a moved on over b's length of zero bytes, xor b.
        return Shift(shift, Shift(shift, a) ^ b) ^ c;
    }

    private static ulong LittleEndian(ulong word) =>
        BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);

    private static uint Shift(uint[] table, uint state) =>
        table[state & 0xFF] ^ table[256 + ((state >> 8) & 0xFF)] ^ table[512 + ((state >> 16) & 0xFF)] ^ table[768 + (state >> 24)];

    /// <summary>What a state becomes over so many zero bytes: one table of 256 for each of its four bytes.</summary>
    private static uint[] ShiftTable(int zeroBytes)
    {
        var table = new uint[4 * 256];
        for (var part = 0; part < 4; part++)
        {
            for (var value = 1; value < 256; value++)
            {
                var lowest = value & -value;
                table[(256 * part) + value] = lowest == value
                    ? OverZeros((uint)value << (8 * part), zeroBytes)
                    : table[(256 * part) + lowest] ^ table[(256 * part) + (value ^ lowest)];
            }
        }

        return table;
    }

    private static uint OverZeros(uint state, int zeroBytes)
    {
        for (var i = 0; i < zeroBytes; i += sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, 0UL);
        }

        return state;
    }
}
