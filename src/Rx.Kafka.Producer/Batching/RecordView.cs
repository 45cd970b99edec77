using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Batching;

/// <summary>A record's lengths and spans, taken before the gate: a foreign MemoryManager may throw, and must not do so under it.</summary>
internal readonly ref struct RecordView
{
    public RecordView(scoped in Record record, long timestamp)
    {
        Key = record.KeyMemory.Span;
        Value = record.ValueMemory.Span;
        KeyLength = record.HasKey ? Key.Length : -1;
        ValueLength = record.HasValue ? Value.Length : -1;
        Headers = record.HeadersOrNull;
        Timestamp = timestamp;
    }

    /// <summary>The error of a record whose memory cannot be read.</summary>
    public static ProduceError Unreadable(Exception cause) => new(
        ProduceErrorCode.InvalidRecord,
        "The record's memory cannot be read: its key, value or a header refers to memory that was disposed or throws. Keep it alive "
        + "until the record is accepted.",
        Cause: cause);

    public ReadOnlySpan<byte> Key { get; }

    public ReadOnlySpan<byte> Value { get; }

    /// <summary>−1 = null.</summary>
    public int KeyLength { get; }

    /// <summary>−1 = null.</summary>
    public int ValueLength { get; }

    public RecordHeaders? Headers { get; }

    /// <summary>Milliseconds since 1970.</summary>
    public long Timestamp { get; }

    /// <summary>Writes the record into its room.</summary>
    public void Encode(Span<byte> room, int bodySize, int timeDelta, int index) =>
        RecordEncoder.Write(room, bodySize, timeDelta, index, Key, KeyLength < 0, Value, ValueLength < 0, Headers);

    /// <summary>The most the record takes in a batch of its own, in bytes.</summary>
    public long SizeBound
    {
        get
        {
            const int MaximumVarint = 5;
            long size = RecordBatchHeader.Size + RecordEncoder.MaximumOverhead + (2 * MaximumVarint) + Math.Max(0, KeyLength)
                + (long)Math.Max(0, ValueLength);
            return Headers is null ? size : size + RecordEncoder.BodySize(0, 0, -1, -1, Headers);
        }
    }
}
