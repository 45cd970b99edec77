using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Batching;

/// <summary>
/// Cuts a batch that is too large for the broker. The records stay where they are, in the memory of the whole batch: those of the later
/// parts are counted from 0 again, which takes no more bytes than before; only the headers are written apart.
/// </summary>
internal static class BatchSplit
{
    /// <summary>
    /// Parts of at most so many bytes, at least a record each, as few as the order of the records allows. Owner; the batch must be in no
    /// request.
    /// </summary>
    public static List<ProducerBatch> Cut(ProducerBatch batch, int limit)
    {
        var part = ProducerBatch.PartOf(batch, batch.FirstIndex);
        List<ProducerBatch> parts = [part];
        for (var i = 0; i < batch.ChunkCount; i++)
        {
            var records = batch.RecordsInChunk(i);
            records = records[Fill(part, records, limit)..];
            while (records.Count > 0)
            {
                part = ProducerBatch.PartOf(batch, part.FirstIndex + part.Count);
                parts.Add(part);
                records = records[Fill(part, records, limit)..];
            }
        }

        return parts;
    }

    /// <returns>The bytes of the records that fit.</returns>
    private static int Fill(ProducerBatch part, ArraySegment<byte> records, int limit)
    {
        var (count, latest, read, written) = (0, long.MinValue, 0, 0);
        while (read < records.Count)
        {
            var record = EncodedRecord.Read(records.AsSpan(read));
            if (part.Count + count > 0 && part.Bytes + written + record.Size > limit)
            {
                break;
            }

            latest = Math.Max(latest, record.TimestampDelta);
            written += record.Renumber(records.AsSpan(read), records.AsSpan(written), part.Count + count);
            read += record.Size;
            count++;
        }

        part.AddRecords(records[..written], count, latest);
        return read;
    }
}
