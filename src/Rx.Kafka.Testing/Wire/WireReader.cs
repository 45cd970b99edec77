using System.Buffers.Binary;
using System.Text;

namespace Rx.Kafka.Testing.Wire;

/// <summary>Reads the primitives of protocol.md section 3. Shares nothing with the producer's reader, so that one mistake cannot be made twice.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public readonly int Remaining => _bytes.Length - Position;

    public sbyte Int8() => (sbyte)Take(1)[0];

    public bool Bool() => Take(1)[0] != 0;

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public Guid Uuid() => new(Take(16), bigEndian: true);

    public uint UVarint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return value <= uint.MaxValue ? (uint)value : throw new WireException("An unsigned varint does not fit 32 bits.");
            }
        }

        throw new WireException("An unsigned varint is longer than 5 bytes.");
    }

    public int Varint()
    {
        var raw = UVarint();
        return (int)(raw >> 1) ^ -(int)(raw & 1);
    }

    public long Varlong()
    {
        var value = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }

        throw new WireException("A varlong is longer than 10 bytes.");
    }

    public ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > Remaining)
        {
            throw new WireException($"{length} bytes are announced at position {Position}, but {Remaining} are left.");
        }

        var taken = _bytes.Slice(Position, length);
        Position += length;
        return taken;
    }

    /// <summary>An element count; -1 = null. An element takes at least one byte, so a larger count is a lie.</summary>
    public int Count(bool flexible)
    {
        var count = flexible ? (int)UVarint() - 1 : Int32();
        return count >= -1 && count <= Remaining ? count : throw new WireException($"An array of {count} elements is announced, but {Remaining} bytes are left.");
    }

    public string? NullableString(bool flexible)
    {
        var length = flexible ? (int)UVarint() - 1 : Int16();
        return length < 0 ? length == -1 ? null : throw new WireException($"A string has length {length}.") : Text(Take(length));
    }

    public string String(bool flexible) => NullableString(flexible) ?? throw new WireException("A string that must not be null is null.");

    /// <summary>Where a field of bytes lies; null = null.</summary>
    public Range? Bytes(bool flexible)
    {
        var length = flexible ? (int)UVarint() - 1 : Int32();
        if (length < 0)
        {
            return length == -1 ? null : throw new WireException($"A field of bytes has length {length}.");
        }

        var start = Position;
        Take(length);
        return start..Position;
    }

    /// <summary>Skips the tagged fields that end every struct of a flexible version.</summary>
    public void Tags(bool flexible)
    {
        if (!flexible)
        {
            return;
        }

        var last = -1L;
        for (var count = UVarint(); count > 0; count--)
        {
            var tag = UVarint();
            if (tag <= last)
            {
                throw new WireException($"Tag {tag} follows tag {last}; tags must ascend.");
            }

            last = tag;
            Take((int)UVarint());
        }
    }

    public readonly void End()
    {
        if (Remaining != 0)
        {
            throw new WireException($"{Remaining} bytes follow the request.");
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new WireException($"A string is not UTF-8: {e.Message}");
        }
    }
}
