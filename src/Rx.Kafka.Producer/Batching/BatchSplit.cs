using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Batching;

/// <summary>
/// Halves a batch that the broker finds too large. The records stay where they are, in the memory of the whole batch: those of the second
/// half are counted from 0 again, which takes no more bytes than before; only the headers are written apart.
/// </summary>
internal static class BatchSplit
{
    /// <summary>
    /// Two parts of about the same size, at least a record each. Owner; the batch must have more than one record and be in no request.
    /// </summary>
    public static (ProducerBatch First, ProducerBatch Second) Halve(ProducerBatch batch)
    {
        var half = (batch.Bytes + RecordBatchHeader.Size) / 2; // a part's bytes include its header
        var first = ProducerBatch.PartOf(batch, batch.FirstIndex);
        ProducerBatch? second = null;
        for (var i = 0; i < batch.ChunkCount; i++)
        {
            var records = batch.RecordsInChunk(i);
            var at = 0;
            if (second is null)
            {
                at = TakeFirst(first, records, batch.Count - 1, half);
                if (at == records.Count)
                {
                    continue;
                }

                second = ProducerBatch.PartOf(batch, batch.FirstIndex + first.Count);
            }

            TakeRest(second, records[at..]);
        }

        return (first, second!);
    }

    /// <returns>Where the first part ends in this chunk.</returns>
    private static int TakeFirst(ProducerBatch part, ArraySegment<byte> records, int most, int half)
    {
        var (count, latest, end) = (0, long.MinValue, 0);
        while (end < records.Count && part.Count + count < most && (part.Count + count == 0 || part.Bytes + end < half))
        {
            var record = EncodedRecord.Read(records.AsSpan(end));
            latest = Math.Max(latest, record.TimestampDelta);
            end += record.Size;
            count++;
        }

        part.AddRecords(records[..end], count, latest);
        return end;
    }

    private static void TakeRest(ProducerBatch part, ArraySegment<byte> records)
    {
        var (count, latest, written) = (0, long.MinValue, 0);
        for (var at = 0; at < records.Count;)
        {
            var record = EncodedRecord.Read(records.AsSpan(at));
            latest = Math.Max(latest, record.TimestampDelta);
            written += record.Renumber(records.AsSpan(at), records.AsSpan(written), part.Count + count);
            at += record.Size;
            count++;
        }

        part.AddRecords(records[..written], count, latest);
    }
}
