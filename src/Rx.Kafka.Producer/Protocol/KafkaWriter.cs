using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Protocol;

/// <summary>
/// Writes Kafka's primitives, big endian, into a buffer writer. A measuring writer takes the same calls and only counts, so a frame's
/// length comes from the very code that writes it.
/// </summary>
/// <remarks>
/// Not copied: pass it by reference, and call <see cref="Complete"/> at the end. A fault while writing leaves the output with part of a
/// message.
/// </remarks>
internal ref struct KafkaWriter
{
    private readonly IBufferWriter<byte>? _output; // null = measuring
    private Span<byte> _lent;
    private int _filled;

    public KafkaWriter(IBufferWriter<byte> output) => _output = output;

    /// <summary>The bytes written so far, or those that would have been written.</summary>
    public int Written { get; private set; }

    public static KafkaWriter Measuring() => default;

    public void Int8(sbyte value)
    {
        if (Claim(sizeof(sbyte), out var span))
        {
            span[0] = (byte)value;
        }
    }

    public void Int16(short value)
    {
        if (Claim(sizeof(short), out var span))
        {
            BinaryPrimitives.WriteInt16BigEndian(span, value);
        }
    }

    public void Int32(int value)
    {
        if (Claim(sizeof(int), out var span))
        {
            BinaryPrimitives.WriteInt32BigEndian(span, value);
        }
    }

    public void Int64(long value)
    {
        if (Claim(sizeof(long), out var span))
        {
            BinaryPrimitives.WriteInt64BigEndian(span, value);
        }
    }

    public void Bool(bool value) => Int8(value ? (sbyte)1 : (sbyte)0);

    /// <summary>An unsigned varint: lengths of the compact forms, and tags.</summary>
    public void UVarint(uint value)
    {
        if (Claim(Varint.UnsignedSize(value), out var span))
        {
            Varint.WriteUnsigned(span, value);
        }
    }

    /// <summary>Sixteen bytes in the order of RFC 4122.</summary>
    public void Uuid(Guid value)
    {
        if (Claim(16, out var span))
        {
            value.TryWriteBytes(span, bigEndian: true, out _);
        }
    }

    /// <summary>A nullable string: int16 length (-1 = null), or compact: unsigned varint of length + 1 (0 = null).</summary>
    /// <exception cref="KafkaException">The classic form cannot hold so many bytes.</exception>
    public void String(string? value, bool flexible)
    {
        var length = value is null ? -1 : Encoding.UTF8.GetByteCount(value);
        if (flexible)
        {
            UVarint((uint)(length + 1));
        }
        else
        {
            Int16(length <= short.MaxValue ? (short)length : throw TooLong(length));
        }

        if (length > 0 && Claim(length, out var span))
        {
            Encoding.UTF8.GetBytes(value, span);
        }
    }

    /// <summary>The count before an array's elements; -1 = a null array.</summary>
    public void ArrayLength(int count, bool flexible) => Length(count, flexible);

    /// <summary>The length before a partition's records; -1 = null. The bytes follow through <see cref="Raw"/>.</summary>
    public void RecordsLength(int bytes, bool flexible) => Length(bytes, flexible);

    /// <summary>Bytes as they are, in pieces of the size the output lends.</summary>
    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        Written = checked(Written + bytes.Length);
        if (_output is null)
        {
            return;
        }

        while (!bytes.IsEmpty)
        {
            if (_lent.Length == _filled)
            {
                Lend(1);
            }

            var free = _lent[_filled..];
            var piece = bytes[..Math.Min(bytes.Length, free.Length)];
            piece.CopyTo(free);
            _filled += piece.Length;
            bytes = bytes[piece.Length..];
        }
    }

    /// <summary>The tagged fields that end every struct of a flexible version: none of ours.</summary>
    public void NoTags(bool flexible)
    {
        if (flexible)
        {
            Int8(0);
        }
    }

    /// <summary>Hands the last bytes to the output.</summary>
    public void Complete()
    {
        if (_filled > 0)
        {
            _output!.Advance(_filled);
        }

        _lent = default;
        _filled = 0;
    }

    private static KafkaException TooLong(int length) =>
        new($"A text of {length} UTF-8 bytes exceeds the protocol's limit of {short.MaxValue} bytes; use a shorter topic, client or "
            + "transactional id.");

    private void Length(int length, bool flexible)
    {
        if (flexible)
        {
            UVarint((uint)(length + 1));
        }
        else
        {
            Int32(length);
        }
    }

    /// <summary>Counts the bytes and, unless measuring, gives the place for them.</summary>
    private bool Claim(int size, out Span<byte> span)
    {
        Written = checked(Written + size);
        if (_output is null)
        {
            span = default;
            return false;
        }

        if (_lent.Length - _filled < size)
        {
            Lend(size);
        }

        span = _lent.Slice(_filled, size);
        _filled += size;
        return true;
    }

    private void Lend(int size)
    {
        Complete();
        _lent = _output!.GetSpan(size);
    }
}
