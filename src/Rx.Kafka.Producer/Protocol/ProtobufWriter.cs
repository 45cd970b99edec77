using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Rx.Kafka.Protocol;

/// <summary>
/// Writes the few kinds of protobuf fields that OTLP metrics need. A message inside another is written between <see cref="Begin"/> and
/// <see cref="End"/>, in any depth.
/// </summary>
internal sealed class ProtobufWriter
{
    private const int Varint = 0;
    private const int EightBytes = 1;
    private const int Sized = 2;

    private byte[] _bytes = new byte[1024];
    private int _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>Begins a message inside; returns what <see cref="End"/> needs.</summary>
    public int Begin(int field)
    {
        Tag(field, Sized);
        Take(1); // most messages are shorter than 128 bytes, and so their length one byte
        return _length;
    }

    /// <summary>Ends the message that was begun last.</summary>
    /// <param name="start">What <see cref="Begin"/> returned.</param>
    public void End(int start)
    {
        var size = _length - start;
        var more = VarintSize((uint)size) - 1;
        if (more > 0)
        {
            Take(more);
            _bytes.AsSpan(start, size).CopyTo(_bytes.AsSpan(start + more));
        }

        WriteVarint(_bytes.AsSpan(start - 1), (uint)size);
    }

    public void String(int field, string value)
    {
        Tag(field, Sized);
        var size = Encoding.UTF8.GetByteCount(value);
        Number((uint)size);
        Encoding.UTF8.GetBytes(value, Take(size));
    }

    public void UInt(int field, uint value)
    {
        Tag(field, Varint);
        Number(value);
    }

    public void Bool(int field, bool value) => UInt(field, value ? 1u : 0u);

    public void Fixed64(int field, ulong value)
    {
        Tag(field, EightBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(Take(sizeof(ulong)), value);
    }

    public void Double(int field, double value) => Fixed64(field, BitConverter.DoubleToUInt64Bits(value));

    private static int VarintSize(uint value) => Math.Max(1, (38 - BitOperations.LeadingZeroCount(value)) / 7);

    private static void WriteVarint(Span<byte> span, uint value)
    {
        var at = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[at++] = (byte)(value | 0x80);
        }

        span[at] = (byte)value;
    }

    private void Tag(int field, int kind) => Number((uint)((field << 3) | kind));

    private void Number(uint value) => WriteVarint(Take(VarintSize(value)), value);

    private Span<byte> Take(int count)
    {
        var needed = checked(_length + count);
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        }

        var taken = _bytes.AsSpan(_length, count);
        _length = needed;
        return taken;
    }
}
