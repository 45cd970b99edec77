using System.Buffers.Binary;

namespace Rx.Kafka.Testing.Wire;

/// <summary>The header of one record batch v2 in memory: protocol.md section 8.</summary>
internal readonly ref struct BatchView(ReadOnlySpan<byte> bytes)
{
    public const int HeaderBytes = 61;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public long BaseOffset => BinaryPrimitives.ReadInt64BigEndian(Bytes);

    public int BatchLength => BinaryPrimitives.ReadInt32BigEndian(Bytes[8..]);

    public int LeaderEpoch => BinaryPrimitives.ReadInt32BigEndian(Bytes[12..]);

    public sbyte Magic => (sbyte)Bytes[16];

    public uint Crc => BinaryPrimitives.ReadUInt32BigEndian(Bytes[17..]);

    public short Attributes => BinaryPrimitives.ReadInt16BigEndian(Bytes[21..]);

    public int LastOffsetDelta => BinaryPrimitives.ReadInt32BigEndian(Bytes[23..]);

    public long BaseTimestamp => BinaryPrimitives.ReadInt64BigEndian(Bytes[27..]);

    public long MaxTimestamp => BinaryPrimitives.ReadInt64BigEndian(Bytes[35..]);

    public long ProducerId => BinaryPrimitives.ReadInt64BigEndian(Bytes[43..]);

    public short ProducerEpoch => BinaryPrimitives.ReadInt16BigEndian(Bytes[51..]);

    public int BaseSequence => BinaryPrimitives.ReadInt32BigEndian(Bytes[53..]);

    public int RecordCount => BinaryPrimitives.ReadInt32BigEndian(Bytes[57..]);

    public int Codec => Attributes & 7;

    public bool LogAppendTime => (Attributes & 8) != 0;

    public bool Transactional => (Attributes & 16) != 0;

    public bool Control => (Attributes & 32) != 0;

    public ReadOnlySpan<byte> Records => Bytes[HeaderBytes..];

    public int LastSequence => Sequences.Add(BaseSequence, LastOffsetDelta);

    public bool CrcMatches => Crc32C.Compute(Bytes[21..]) == Crc;
}
