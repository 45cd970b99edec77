using System.Buffers.Binary;

namespace Rx.Kafka.Protocol.Records;

/// <summary>The fixed fields before a batch's records (format 2), big endian.</summary>
internal static class RecordBatchHeader
{
    /// <summary>The bytes before the first record.</summary>
    public const int Size = 61;

    /// <summary>Where the checksum lies; it covers everything from <see cref="CrcStart"/> to the end.</summary>
    public const int CrcOffset = 17;

    /// <summary>The first byte under the checksum: what lies before, a broker may rewrite.</summary>
    public const int CrcStart = 21;

    private const int BatchLengthEnd = 12;
    private const byte Magic = 2;

    /// <summary>Writes all fields; the checksum stays 0 until <see cref="WriteCrc"/>.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    /// <param name="batchBytes">The whole batch with this header, as sent.</param>
    /// <param name="attributes">Bits 0-2 codec, bit 4 transactional.</param>
    /// <param name="lastOffsetDelta">Record count - 1.</param>
    /// <param name="baseTimestamp">The first record's, in ms since 1970.</param>
    /// <param name="maxTimestamp">The largest, in ms since 1970.</param>
    /// <param name="producerId">-1 = not idempotent.</param>
    /// <param name="producerEpoch">-1 = not idempotent.</param>
    /// <param name="baseSequence">The first record's; -1 = not idempotent.</param>
    /// <param name="recordCount">The number of records.</param>
    public static void Write(
        Span<byte> destination, int batchBytes, short attributes, int lastOffsetDelta, long baseTimestamp, long maxTimestamp,
        long producerId, short producerEpoch, int baseSequence, int recordCount)
    {
        var header = destination[..Size];
        BinaryPrimitives.WriteInt64BigEndian(header, 0); // baseOffset: the broker's business
        BinaryPrimitives.WriteInt32BigEndian(header[8..], batchBytes - BatchLengthEnd); // batchLength
        BinaryPrimitives.WriteInt32BigEndian(header[12..], -1); // partitionLeaderEpoch: the broker's business
        header[16] = Magic;
        BinaryPrimitives.WriteUInt32BigEndian(header[CrcOffset..], 0); // crc
        BinaryPrimitives.WriteInt16BigEndian(header[CrcStart..], attributes);
        BinaryPrimitives.WriteInt32BigEndian(header[23..], lastOffsetDelta);
        BinaryPrimitives.WriteInt64BigEndian(header[27..], baseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(header[35..], maxTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(header[43..], producerId);
        BinaryPrimitives.WriteInt16BigEndian(header[51..], producerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(header[53..], baseSequence);
        BinaryPrimitives.WriteInt32BigEndian(header[57..], recordCount);
    }

    /// <summary>Puts the checksum of <see cref="CrcStart"/> to the end of the batch in its place.</summary>
    public static void WriteCrc(Span<byte> header, uint crc) => BinaryPrimitives.WriteUInt32BigEndian(header[CrcOffset..], crc);
}
