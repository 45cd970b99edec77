using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Properties.Protocol.Records;

/// <summary>Puts a batch together with the product's encoder, as the producer does it: records first, the header and the checksum last.</summary>
internal static class BatchEncoding
{
    public static byte[] Encode(DecodedBatch batch) => Encode(batch.Fields, EncodeRecords(batch.Records));

    public static byte[] Encode(BatchFields fields, byte[] records)
    {
        var bytes = new byte[RecordBatchHeader.Size + records.Length];
        records.CopyTo(bytes, RecordBatchHeader.Size);
        RecordBatchHeader.Write(
            bytes,
            bytes.Length,
            fields.Attributes,
            fields.LastOffsetDelta,
            fields.BaseTimestamp,
            fields.MaxTimestamp,
            fields.ProducerId,
            fields.ProducerEpoch,
            fields.BaseSequence,
            fields.RecordCount);
        RecordBatchHeader.WriteCrc(bytes, Crc32C.Finish(Crc32C.Append(Crc32C.Start, bytes.AsSpan(RecordBatchHeader.CrcStart))));
        return bytes;
    }

    public static byte[] EncodeRecords(IEnumerable<DecodedRecord> records) => [.. records.SelectMany(Encode)];

    public static byte[] Encode(DecodedRecord record)
    {
        var headers = record.Headers.Length == 0
            ? null
            : RecordHeaders.Create([.. record.Headers.Select(h => new RecordHeader(h.Key, h.Value is null ? null : (ReadOnlyMemory<byte>?)h.Value))]);
        var bodySize = RecordEncoder.BodySize(record.TimestampDelta, record.OffsetDelta, record.Key?.Length ?? -1, record.Value?.Length ?? -1, headers);
        var bytes = new byte[RecordEncoder.TotalSize(bodySize)];
        RecordEncoder.Write(bytes, bodySize, record.TimestampDelta, record.OffsetDelta, record.Key, record.Key is null, record.Value, record.Value is null, headers);
        return bytes;
    }
}
