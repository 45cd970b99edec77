using System.Text;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>Reads a partition's log back for the test.</summary>
internal static class LogReader
{
    public static List<LogRecord> Records(string topic, PartitionLog log)
    {
        var records = new List<LogRecord>();
        log.Read(0, stored =>
        {
            Decode(topic, log.Index, stored.Bytes.ToArray(), records);
            return true;
        });
        return records;
    }

    public static List<LogBatch> Batches(PartitionLog log)
    {
        var batches = new List<LogBatch>();
        log.Read(0, stored =>
        {
            var view = new BatchView(stored.Bytes);
            batches.Add(new LogBatch(
                stored.BaseOffset, stored.RecordCount, stored.Length, view.Codec, view.ProducerId, view.ProducerEpoch, view.BaseSequence, stored.Broker, stored.LeaderEpoch, stored.AppendedAt));
            return true;
        });
        return batches;
    }

    public static void Decode(string topic, int partition, ReadOnlySpan<byte> bytes, List<LogRecord> records)
    {
        var batch = new BatchView(bytes);
        if (!batch.CrcMatches)
        {
            throw new InvalidDataException($"The batch at offset {batch.BaseOffset} of {topic}-{partition} does not match its CRC.");
        }

        // What is on the log was within its limit when it was appended.
        var section = Decompressor.Decompress(batch.Codec, batch.Records, Array.MaxLength);
        var reader = new RecordReader(section);
        for (var i = 0; i < batch.RecordCount; i++)
        {
            var raw = reader.Next(decodeHeaders: true);
            var timestamp = batch.LogAppendTime ? batch.MaxTimestamp : batch.BaseTimestamp + raw.TimestampDelta;
            records.Add(new LogRecord
            {
                Topic = topic,
                Partition = partition,
                Offset = batch.BaseOffset + raw.OffsetDelta,
                Key = Memory(section, raw.Key),
                Value = Memory(section, raw.Value),
                Headers = Headers(section, raw.Headers),
                Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(timestamp),
                ProducerId = batch.ProducerId,
                ProducerEpoch = batch.ProducerEpoch,
                Sequence = batch.BaseSequence < 0 ? -1 : Sequences.Add(batch.BaseSequence, i),
                BatchOffset = batch.BaseOffset,
            });
        }
    }

    private static ReadOnlyMemory<byte>? Memory(byte[] section, Range? range) => range is { } r ? (ReadOnlyMemory<byte>?)section.AsMemory(r) : null;

    private static RecordHeaders Headers(byte[] section, (Range Key, Range? Value)[] headers) =>
        headers.Length == 0 ? RecordHeaders.Empty : RecordHeaders.Create([.. headers.Select(header => new RecordHeader(Encoding.UTF8.GetString(section.AsSpan(header.Key)), Memory(section, header.Value)))]);
}
