using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Batching;

/// <summary>A record with its room in a batch, to be encoded: under the gate if it is small, outside if not.</summary>
internal readonly struct PendingCopy
{
    public ProducerBatch? Batch { get; init; }

    public ArraySegment<byte> Room { get; init; }

    public int BodySize { get; init; }

    public long TimeDelta { get; init; }

    public int Index { get; init; }

    public bool IsNone => Batch is null;

    public void Encode(in RecordView view) =>
        RecordEncoder.Write(Room.AsSpan(), BodySize, TimeDelta, Index, view.Key, view.KeyLength < 0, view.Value, view.ValueLength < 0, view.Headers);
}
