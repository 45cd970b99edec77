using System.Diagnostics;

namespace Rx.Kafka.Protocol.Records;

/// <summary>
/// What stands in front of an encoded record's key (format 2): read again only where a batch is split, because the records of its second
/// half are counted from 0 again.
/// </summary>
internal readonly struct EncodedRecord
{
    private readonly int _bodySize;
    private readonly int _prefixSize;
    private readonly int _timestampSize;

    private EncodedRecord(ReadOnlySpan<byte> bytes)
    {
        var at = Varint.Read(bytes, out var bodySize); // length
        Size = at + (int)bodySize;
        _bodySize = (int)bodySize;
        at++; // attributes
        _timestampSize = Varint.Read(bytes[at..], out var timestampDelta);
        TimestampDelta = timestampDelta;
        at += _timestampSize;
        _prefixSize = at + Varint.Read(bytes[at..], out _); // offsetDelta
    }

    /// <summary>Its bytes, the length in front included.</summary>
    public int Size { get; }

    /// <summary>Milliseconds from the batch's base timestamp.</summary>
    public long TimestampDelta { get; }

    /// <summary>Reads the record that begins here; it is one that <see cref="RecordEncoder"/> wrote.</summary>
    public static EncodedRecord Read(ReadOnlySpan<byte> bytes) => new(bytes);

    /// <summary>Writes the record under a smaller number at or before its old place.</summary>
    /// <param name="source">Begins with the record.</param>
    /// <param name="destination">Begins at or before it in the same memory.</param>
    /// <param name="offsetDelta">Its number in its new batch, not above its old one: so it does not grow.</param>
    /// <returns>The bytes written.</returns>
    public int Renumber(ReadOnlySpan<byte> source, Span<byte> destination, int offsetDelta)
    {
        var rest = source[_prefixSize..Size];
        var bodySize = 1 + _timestampSize + Varint.Size(offsetDelta) + rest.Length;
        Debug.Assert(bodySize <= _bodySize, "A smaller number takes no more bytes.");
        var at = Varint.Write(destination, bodySize); // length
        destination[at++] = 0; // attributes
        at += Varint.Write(destination[at..], TimestampDelta);
        at += Varint.Write(destination[at..], offsetDelta);
        rest.CopyTo(destination[at..]);
        return at + rest.Length;
    }
}
