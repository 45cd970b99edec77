using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Rx.Kafka.Protocol;

/// <summary>
/// Reads Kafka's primitives from bytes that nobody vouches for: each read checks what is left, and counts are checked against the bytes
/// present before anyone allocates for them.
/// </summary>
/// <remarks>A copy reads on by itself, so a copy is a way to look ahead.</remarks>
internal ref struct KafkaReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    public KafkaReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The bytes not read yet.</summary>
    public readonly int Remaining => _bytes.Length - _position;

    public sbyte Int8() => (sbyte)Take(sizeof(sbyte))[0];

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(sizeof(short)));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));

    public bool Bool() => Int8() != 0;

    /// <summary>An unsigned varint of at most 5 bytes and 32 bits.</summary>
    public uint UVarint()
    {
        var value = 0u;
        for (var shift = 0; shift <= 28; shift += 7)
        {
            var next = Take(1)[0];
            if (shift == 28 && next > 0x0F)
            {
                break;
            }

            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Malformed("a variable-length integer has more than 32 bits");
    }

    public Guid Uuid() => new(Take(16), bigEndian: true);

    /// <summary>A string, or null. All words of brokers but topics' names come in here, so they are cut and kept to one line.</summary>
    public string? String(bool flexible, int longest = PeerText.Longest)
    {
        var bytes = StringBytes(flexible, out var isNull);
        return isNull ? null : PeerText.OneLine(Encoding.UTF8.GetString(bytes), longest);
    }

    /// <summary>A string that must not be null, cut and kept to one line.</summary>
    public string RequiredString(bool flexible) => String(flexible) ?? throw Malformed("a text is null that must not be");

    /// <summary>A string's bytes where they lie, without allocation.</summary>
    public ReadOnlySpan<byte> StringBytes(bool flexible, out bool isNull) => Sized(flexible ? CompactLength() : Int16(), out isNull);

    /// <summary>Bytes where they lie, without allocation.</summary>
    public ReadOnlySpan<byte> Bytes(bool flexible, out bool isNull) => Sized(Length(flexible), out isNull);

    /// <summary>An array's count; -1 = a null array. The count is believed only when so many elements can be in what is left.</summary>
    public int ArrayLength(bool flexible, int minimumElementBytes)
    {
        var count = Length(flexible);
        if (count < -1 || (long)count * minimumElementBytes > Remaining)
        {
            throw Malformed($"an array of {count} elements, of at least {minimumElementBytes} bytes each, cannot be");
        }

        return count;
    }

    /// <summary>An array of int32; null is read as empty.</summary>
    public int[] Int32Array(bool flexible)
    {
        var count = ArrayLength(flexible, sizeof(int));
        if (count <= 0)
        {
            return [];
        }

        var array = new int[count];
        foreach (ref var element in array.AsSpan())
        {
            element = Int32();
        }

        return array;
    }

    /// <summary>The number of tagged fields; each is then read with <see cref="Tag"/>.</summary>
    public int TagCount()
    {
        var count = UVarint();
        return count <= Remaining / 2 ? (int)count : throw Malformed($"{count} tagged fields, of at least 2 bytes each, cannot be");
    }

    /// <summary>The next tagged field: its number, and a reader over its bytes only.</summary>
    public KafkaReader Tag(out int tag)
    {
        var number = UVarint();
        var size = UVarint();
        if (number > int.MaxValue || size > Remaining)
        {
            throw Malformed($"tagged field {number} of {size} bytes cannot be");
        }

        tag = (int)number;
        return new KafkaReader(Take((int)size));
    }

    /// <summary>Reads over the tagged fields at the end of a struct whose tags we do not know.</summary>
    public void SkipTags(bool flexible)
    {
        if (!flexible)
        {
            return;
        }

        for (var left = TagCount(); left > 0; left--)
        {
            Tag(out _);
        }
    }

    /// <summary>Reads over everything that is left.</summary>
    public void SkipAll() => _position = _bytes.Length;

    /// <summary>An error that names the place, for decoders that find a value which cannot be.</summary>
    public readonly MalformedDataException Malformed(string what) =>
        new($"Malformed data before byte {_position} of {_bytes.Length}: {what} ({Remaining} bytes are left). The peer does not answer "
            + "as a Kafka broker would; check address and port.");

    private ReadOnlySpan<byte> Sized(int length, out bool isNull)
    {
        isNull = length == -1;
        if (length <= 0)
        {
            return length >= -1 ? default : throw Malformed($"a length of {length} cannot be");
        }

        return Take(length);
    }

    private int Length(bool flexible) => flexible ? CompactLength() : Int32();

    /// <summary>Unsigned varint of length + 1; 0 = null.</summary>
    private int CompactLength()
    {
        var stored = UVarint();
        return stored <= int.MaxValue ? (int)stored - 1 : throw Malformed($"a length of {stored - 1} cannot be");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > Remaining)
        {
            ThrowEnd(count);
        }

        var taken = _bytes.Slice(_position, count);
        _position += count;
        return taken;
    }

    [DoesNotReturn]
    private readonly void ThrowEnd(int count) => throw Malformed($"{count} bytes are needed here");
}

/// <summary>
/// Bytes from the network that are not what the protocol says: the one fault every decoder ends in. Its connection cannot be trusted any
/// more.
/// </summary>
internal sealed class MalformedDataException : KafkaException
{
    public MalformedDataException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Whether the peer answered in TLS.</summary>
    public bool IsTlsAlert { get; init; }
}
