using System.Buffers.Binary;
using System.Text;

namespace Rx.Kafka.Testing.Wire;

/// <summary>Writes one frame into memory it keeps for the next one.</summary>
internal sealed class WireWriter
{
    private byte[] _buffer = new byte[512];
    private int _length;

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    public int Length => _length;

    /// <summary>Starts a frame: its size is written by <see cref="EndFrame"/>.</summary>
    public void BeginFrame()
    {
        _length = 0;
        Int32(0);
    }

    public void EndFrame() => BinaryPrimitives.WriteInt32BigEndian(_buffer, _length - 4);

    /// <summary>Takes back what was written behind a position.</summary>
    public void Rewind(int length) => _length = length;

    public void Int8(sbyte value) => Take(1)[0] = (byte)value;

    public void Bool(bool value) => Take(1)[0] = value ? (byte)1 : (byte)0;

    public void Int16(short value) => BinaryPrimitives.WriteInt16BigEndian(Take(2), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64BigEndian(Take(8), value);

    public void Uuid(Guid value) => value.TryWriteBytes(Take(16), bigEndian: true, out _);

    public void UVarint(uint value)
    {
        while (value >= 0x80)
        {
            Take(1)[0] = (byte)(value | 0x80);
            value >>= 7;
        }

        Take(1)[0] = (byte)value;
    }

    /// <summary>A count; -1 = null.</summary>
    public void Count(int count, bool flexible)
    {
        if (flexible)
        {
            UVarint((uint)(count + 1));
        }
        else
        {
            Int32(count);
        }
    }

    public void String(string? value, bool flexible)
    {
        var length = value is null ? -1 : Encoding.UTF8.GetByteCount(value);
        if (flexible)
        {
            UVarint((uint)(length + 1));
        }
        else
        {
            Int16((short)length);
        }

        if (length > 0)
        {
            Encoding.UTF8.GetBytes(value, Take(length));
        }
    }

    public void Int32Array(ReadOnlySpan<int> values, bool flexible)
    {
        Count(values.Length, flexible);
        foreach (var value in values)
        {
            Int32(value);
        }
    }

    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void NoTags(bool flexible)
    {
        if (flexible)
        {
            UVarint(0);
        }
    }

    /// <summary>Starts a tagged field whose size is not known yet; <see cref="EndTag"/> moves its bytes behind the size.</summary>
    public int BeginTag(uint tag)
    {
        UVarint(tag);
        return _length;
    }

    public void EndTag(int start)
    {
        var body = _buffer.AsSpan(start, _length - start).ToArray();
        _length = start;
        UVarint((uint)body.Length);
        Raw(body);
    }

    /// <summary>Room for bytes that the caller writes.</summary>
    public Span<byte> Take(int length)
    {
        if (_buffer.Length - _length < length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + length));
        }

        var taken = _buffer.AsSpan(_length, length);
        _length += length;
        return taken;
    }
}
