using System.Buffers.Binary;
using System.Text;

namespace Rx.Kafka.Properties.Protocol.Records;

/// <summary>Reads a batch (format 2) by the book and without a line of the product's code; everything that must hold is checked.</summary>
internal static class BatchDecoder
{
    private const int HeaderSize = 61;

    public static DecodedBatch Read(ReadOnlySpan<byte> batch)
    {
        Require(batch.Length >= HeaderSize, "shorter than its header");
        Require(BinaryPrimitives.ReadInt32BigEndian(batch[8..]) == batch.Length - 12, "batchLength");
        Require(batch[16] == 2, "magic");
        Require(BinaryPrimitives.ReadUInt32BigEndian(batch[17..]) == BitwiseCrc32C(batch[21..]), "crc");
        var header = new BatchFields(
            BaseOffset: BinaryPrimitives.ReadInt64BigEndian(batch),
            LeaderEpoch: BinaryPrimitives.ReadInt32BigEndian(batch[12..]),
            Attributes: BinaryPrimitives.ReadInt16BigEndian(batch[21..]),
            LastOffsetDelta: BinaryPrimitives.ReadInt32BigEndian(batch[23..]),
            BaseTimestamp: BinaryPrimitives.ReadInt64BigEndian(batch[27..]),
            MaxTimestamp: BinaryPrimitives.ReadInt64BigEndian(batch[35..]),
            ProducerId: BinaryPrimitives.ReadInt64BigEndian(batch[43..]),
            ProducerEpoch: BinaryPrimitives.ReadInt16BigEndian(batch[51..]),
            BaseSequence: BinaryPrimitives.ReadInt32BigEndian(batch[53..]),
            RecordCount: BinaryPrimitives.ReadInt32BigEndian(batch[57..]));
        return new DecodedBatch(header, (header.Attributes & 7) == 0 ? ReadRecords(batch[HeaderSize..], header.RecordCount) : []);
    }

    public static DecodedRecord[] ReadRecords(ReadOnlySpan<byte> bytes, int count)
    {
        var records = new DecodedRecord[count];
        for (var i = 0; i < count; i++)
        {
            var length = checked((int)Varint(ref bytes));
            records[i] = ReadRecord(bytes[..length]);
            bytes = bytes[length..];
        }

        Require(bytes.IsEmpty, "bytes behind the last record");
        return records;
    }

    /// <summary>CRC-32C bit by bit: polynomial 0x82F63B78 (reflected), all ones before and after.</summary>
    public static uint BitwiseCrc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var octet in bytes)
        {
            crc ^= octet;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F63B78;
            }
        }

        return ~crc;
    }

    private static DecodedRecord ReadRecord(ReadOnlySpan<byte> bytes)
    {
        Require(bytes[0] == 0, "attributes of a record");
        bytes = bytes[1..];
        var timestampDelta = Varint(ref bytes);
        var offsetDelta = checked((int)Varint(ref bytes));
        var key = Sized(ref bytes);
        var value = Sized(ref bytes);
        var headers = new DecodedHeader[Varint(ref bytes)];
        for (var i = 0; i < headers.Length; i++)
        {
            var name = Sized(ref bytes) ?? throw new FormatException("A header has no name.");
            headers[i] = new DecodedHeader(Encoding.UTF8.GetString(name), Sized(ref bytes));
        }

        Require(bytes.IsEmpty, "bytes behind a record");
        return new DecodedRecord(timestampDelta, offsetDelta, key, value, headers);
    }

    private static byte[]? Sized(ref ReadOnlySpan<byte> bytes)
    {
        var length = Varint(ref bytes);
        Require(length >= -1, "a length below -1");
        if (length == -1)
        {
            return null;
        }

        var taken = bytes[..checked((int)length)].ToArray();
        bytes = bytes[taken.Length..];
        return taken;
    }

    private static long Varint(ref ReadOnlySpan<byte> bytes)
    {
        var (value, size) = ReferenceVarint.Read(bytes);
        bytes = bytes[size..];
        return value;
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new FormatException($"Not a batch: {what}.");
        }
    }
}

/// <summary>The fields before the records.</summary>
public sealed record BatchFields(long BaseOffset, int LeaderEpoch, short Attributes, int LastOffsetDelta, long BaseTimestamp, long MaxTimestamp, long ProducerId, short ProducerEpoch, int BaseSequence, int RecordCount);

/// <summary>A batch; of a compressed one only the fields.</summary>
public sealed record DecodedBatch(BatchFields Fields, DecodedRecord[] Records);

/// <summary>A header of a record.</summary>
public sealed record DecodedHeader(string Key, byte[]? Value);

/// <summary>A record as it stands in a batch.</summary>
public sealed record DecodedRecord(long TimestampDelta, int OffsetDelta, byte[]? Key, byte[]? Value, DecodedHeader[] Headers)
{
    /// <summary>All content as one text, to be compared and read.</summary>
    public override string ToString() =>
        $"{TimestampDelta}ms #{OffsetDelta} {Show(Key)}={Show(Value)} [{string.Join(',', Headers.Select(h => $"{h.Key}:{Show(h.Value)}"))}]";

    private static string Show(byte[]? bytes) => bytes is null ? "null" : $"'{Convert.ToHexStringLower(bytes)}'";
}
