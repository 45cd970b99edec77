using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>The checks of a Kafka broker on what one partition of a Produce request carries, in Kafka's order.</summary>
internal static class BatchCheck
{
    private const int Zstd = 4;

    // What a batch may inflate to, or max.message.bytes if that is more: a bomb costs no more memory than this.
    private const long LargestInflated = 64L << 20;

    public static AppendResult Check(ReadOnlySpan<byte> records, short version, int maximumBytes, TopicOptions topic)
    {
        if (records.IsEmpty)
        {
            return Invalid("The request carries no record batch.");
        }

        if (records.Length < BatchView.HeaderBytes || records.Length < 12L + new BatchView(records).BatchLength)
        {
            return Corrupt($"The batch is cut off: {records.Length} bytes are there.");
        }

        var batch = new BatchView(records);
        var result = CheckHeader(batch, version, maximumBytes);
        return result.Error != ErrorCode.None ? result : CheckRecords(batch, maximumBytes, topic);
    }

    private static AppendResult CheckHeader(BatchView batch, short version, int maximumBytes) => batch switch
    {
        { Magic: not 2 } => Invalid($"The batch has magic {batch.Magic}; Produce {version} carries magic 2."),
        _ when batch.BatchLength + 12 < BatchView.HeaderBytes => Corrupt($"The batch has length {batch.BatchLength}."),
        _ when batch.BatchLength + 12 < batch.Bytes.Length => Invalid("The request carries more than one batch for a partition."),
        { Codec: Zstd } when version < 7 => new(ErrorCode.UnsupportedCompressionType, Message: "zstd needs Produce 7."),
        { BaseOffset: not 0 } => Invalid($"The base offset of a batch from a client must be 0, not {batch.BaseOffset}."),
        _ when batch.Bytes.Length > maximumBytes => new(ErrorCode.MessageTooLarge, Message: $"The batch takes {batch.Bytes.Length} bytes, more than max.message.bytes, {maximumBytes}."),
        { CrcMatches: false } => Corrupt("The batch's CRC does not match its bytes."),
        { RecordCount: <= 0 } => Invalid($"The batch has record count {batch.RecordCount}."),
        _ when batch.LastOffsetDelta + 1 != batch.RecordCount => Invalid($"The batch has last offset delta {batch.LastOffsetDelta} and record count {batch.RecordCount}."),
        { Control: true } => Invalid("A client must not write control batches."),
        { ProducerId: >= 0, BaseSequence: < 0 } => Invalid($"The batch has producer id {batch.ProducerId} and base sequence {batch.BaseSequence}."),
        { LogAppendTime: true } => new(ErrorCode.InvalidTimestamp, Message: "A client must not set the LogAppendTime bit."),
        { Codec: > Zstd } => new(ErrorCode.UnknownServerError, Message: $"There is no codec {batch.Codec}."),
        _ => new(ErrorCode.None),
    };

    private static AppendResult CheckRecords(BatchView batch, int maximumBytes, TopicOptions topic)
    {
        try
        {
            return batch.Codec == 0
                ? CheckRecords(batch.Records, batch.RecordCount, topic)
                : CheckRecords(Decompressor.Decompress(batch.Codec, batch.Records, Math.Max(LargestInflated, maximumBytes)), batch.RecordCount, topic);
        }
        catch (WireException e)
        {
            return Invalid(e.Message);
        }
        catch (InvalidDataException e)
        {
            return Corrupt($"The batch cannot be decompressed: {e.Message}");
        }
    }

    private static AppendResult CheckRecords(ReadOnlySpan<byte> records, int count, TopicOptions topic)
    {
        var reader = new RecordReader(records);
        List<int>? keyless = null;
        for (var i = 0; i < count; i++)
        {
            var record = reader.Next(decodeHeaders: false);
            if (record.OffsetDelta != i)
            {
                return Invalid($"Record {i} has offset delta {record.OffsetDelta}.");
            }

            if (topic.Compacted && record.Key is null)
            {
                (keyless ??= []).Add(i);
            }
        }

        if (reader.Remaining > 0)
        {
            return Invalid($"{reader.Remaining} bytes follow the {count} records of the batch.");
        }

        return keyless is null ? new(ErrorCode.None) : Invalid("Compacted topics take no records without a key.") with { RejectedRecords = keyless };
    }

    private static AppendResult Invalid(string message) => new(ErrorCode.InvalidRecord, Message: message);

    private static AppendResult Corrupt(string message) => new(ErrorCode.CorruptMessage, Message: message);
}
