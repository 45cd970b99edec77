using System.Buffers.Binary;
using System.Text;

namespace Rx.Kafka.Properties.Network.Scripted;

/// <summary>The tests' own encoder: shares no code with the product.</summary>
internal sealed class Wire
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public Wire I8(int value) => Raw([(byte)value]);

    public Wire I16(int value) => Raw([(byte)(value >> 8), (byte)value]);

    public Wire I32(int value) => Raw([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);

    public Wire I64(long value) => I32((int)(value >> 32)).I32((int)value);

    public Wire U(int value)
    {
        for (; value >= 128; value >>= 7)
        {
            _bytes.Add((byte)(value | 128));
        }

        return I8(value);
    }

    public Wire Text(string? value, bool compact)
    {
        var bytes = value is null ? null : Encoding.UTF8.GetBytes(value);
        if (compact)
        {
            U(bytes is null ? 0 : bytes.Length + 1);
        }
        else
        {
            I16(bytes?.Length ?? -1);
        }

        return Raw(bytes ?? []);
    }

    public Wire Count(int count, bool compact) => compact ? U(count + 1) : I32(count);

    public Wire Each<T>(IReadOnlyCollection<T> items, bool compact, Action<T> write)
    {
        Count(items.Count, compact);
        foreach (var item in items)
        {
            write(item);
        }

        return this;
    }

    public Wire Tags(bool compact) => compact ? I8(0) : this;

    public Wire Id(Guid id)
    {
        var bytes = new byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return Raw(bytes);
    }

    public Wire Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>A whole answer on the wire.</summary>
    public static byte[] Frame(int correlationId, byte[] body, bool taggedHeader = false)
    {
        var size = 4 + (taggedHeader ? 1 : 0) + body.Length;
        return new Wire().I32(size).I32(correlationId).Tags(taggedHeader).Raw(body).ToArray();
    }

    public static int ReadI32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes);
}
