using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Rx.Kafka.Protocol.Records;

/// <summary>
/// Encodes one record of a batch (format 2). The hot path of the producer: one call for each record, nothing else is done per byte.
/// </summary>
internal static class RecordEncoder
{
    /// <summary>
    /// The most a record takes beside its key, its value, their lengths and its headers: length 5, attributes 1, timestamp delta 10,
    /// offset delta 5.
    /// </summary>
    public const int MaximumOverhead = 21;

    // The largest body whose length still fits in front of it.
    private const int MaximumBodySize = int.MaxValue - Varint.MaximumSize32;

    /// <summary>The bytes of a record after its own length; saturates at about 2 GiB, far above every limit a caller has.</summary>
    /// <param name="timestampDelta">Milliseconds from the batch's base timestamp; may be negative.</param>
    /// <param name="offsetDelta">The record's number in its batch.</param>
    /// <param name="keyLength">-1 = null.</param>
    /// <param name="valueLength">-1 = null.</param>
    /// <param name="headers">Null = none.</param>
    public static int BodySize(long timestampDelta, int offsetDelta, int keyLength, int valueLength, RecordHeaders? headers)
    {
        var size = 1L // attributes
            + Varint.Size(timestampDelta)
            + Varint.Size(offsetDelta)
            + Sized(keyLength)
            + Sized(valueLength)
            + (headers is null ? 1 : HeadersSize(headers));
        return (int)Math.Min(size, MaximumBodySize);
    }

    /// <summary>The bytes of a record with its length.</summary>
    public static int TotalSize(int bodySize) => Varint.Size(bodySize) + bodySize;

    /// <summary>Writes a record.</summary>
    /// <param name="destination">Exactly <see cref="TotalSize"/> bytes.</param>
    /// <param name="bodySize">What <see cref="BodySize"/> gave for the same record.</param>
    /// <param name="timestampDelta">Milliseconds from the batch's base timestamp; may be negative.</param>
    /// <param name="offsetDelta">The record's number in its batch.</param>
    /// <param name="key">The key.</param>
    /// <param name="keyIsNull">No key: <paramref name="key"/> is not looked at.</param>
    /// <param name="value">The value.</param>
    /// <param name="valueIsNull">A null value: <paramref name="value"/> is not looked at.</param>
    /// <param name="headers">Null = none.</param>
    public static void Write(
        Span<byte> destination, int bodySize, long timestampDelta, int offsetDelta, ReadOnlySpan<byte> key, bool keyIsNull,
        ReadOnlySpan<byte> value, bool valueIsNull, RecordHeaders? headers)
    {
        var at = Put(destination, 0, Varint.ZigZag(bodySize)); // length
        destination[at++] = 0; // attributes: none are defined
        at = Put(destination, at, Varint.ZigZag(timestampDelta));
        at = Put(destination, at, Varint.ZigZag(offsetDelta));
        at = PutBytes(destination, at, key, keyIsNull);
        at = PutBytes(destination, at, value, valueIsNull);
        if (headers is null)
        {
            destination[at++] = 0; // headerCount
        }
        else
        {
            at = PutHeaders(destination, at, headers);
        }

        Debug.Assert(at == destination.Length, "A record must be exactly as long as it was measured.");
    }

    private static long Sized(int length) => length < 0 ? 1 : Varint.Size(length) + (long)length;

    private static long HeadersSize(RecordHeaders headers)
    {
        long size = Varint.Size(headers.Count);
        foreach (ref readonly var header in headers.Span)
        {
            size += Sized(Encoding.UTF8.GetByteCount(header.Key)) + Sized(header.Value is { } value ? value.Length : -1);
        }

        return size;
    }

    private static int PutHeaders(Span<byte> destination, int at, RecordHeaders headers)
    {
        at = Put(destination, at, Varint.ZigZag(headers.Count)); // headerCount
        foreach (ref readonly var header in headers.Span)
        {
            var keyLength = Encoding.UTF8.GetByteCount(header.Key);
            at = Put(destination, at, Varint.ZigZag(keyLength)); // headerKeyLength, never -1
            at += Encoding.UTF8.GetBytes(header.Key, destination[at..]);
            at = PutBytes(destination, at, header.Value.GetValueOrDefault().Span, header.Value is null);
        }

        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PutBytes(Span<byte> destination, int at, ReadOnlySpan<byte> bytes, bool isNull)
    {
        if (isNull)
        {
            destination[at] = 1; // length -1 in zigzag
            return at + 1;
        }

        at = Put(destination, at, Varint.ZigZag(bytes.Length));
        bytes.CopyTo(destination[at..]);
        return at + bytes.Length;
    }

    // Nearly all lengths and deltas take one or two bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Put(Span<byte> destination, int at, ulong value)
    {
        if (value < 0x80)
        {
            destination[at] = (byte)value;
            return at + 1;
        }

        if (value < 0x4000)
        {
            destination[at + 1] = (byte)(value >> 7);
            destination[at] = (byte)(value | 0x80);
            return at + 2;
        }

        return at + Varint.WriteUnsigned(destination[at..], value);
    }
}
