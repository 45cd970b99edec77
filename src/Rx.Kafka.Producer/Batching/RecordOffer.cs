using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Batching;

/// <summary>One record on its way into a batch, and whom to tell its outcome. Made under the channel's gate: somebody may subscribe meanwhile, so the sink's interest is read once.</summary>
internal readonly ref struct PendingAppend(in Record record, Sink? sink, RecordCompletion? completion, WaitingRecord? waiter)
{
    public readonly ref readonly Record Record = ref record;

    /// <summary>Whom to tell; null = <see cref="Completion"/>, or a shared completion.</summary>
    public Sink? Sink { get; } = sink;

    public SinkInterest Interest { get; } = sink?.Interest ?? SinkInterest.None;

    public RecordCompletion? Completion { get; } = completion;

    /// <summary>The place in a line that it comes from, if it does.</summary>
    public WaitingRecord? WaitingRecord { get; } = waiter;

    public bool NeedsSharedCompletion => Sink is null && Completion is null;
}

/// <summary>A large record with its room in a batch, to be encoded outside the gate.</summary>
internal readonly record struct PendingCopy(ProducerBatch? Batch, ArraySegment<byte> Room, int BodySize, int TimeDelta, int Index);

/// <summary>What became of a record offered to a channel.</summary>
internal enum AppendResult
{
    /// <summary>It is in a batch.</summary>
    Placed,

    /// <summary>It needs a new batch, and the caller said it may not open one.</summary>
    WouldOpen,

    /// <summary>There is no memory for it now, or others stand in line: join the line.</summary>
    MustWait,

    /// <summary>The channel was closed by dispose.</summary>
    Closed,

    /// <summary>Its sink ended before it was placed.</summary>
    SinkEnded,
}

/// <summary>Where a record was placed.</summary>
/// <param name="Bytes">By how much the partition's batches grew, a new batch's header included: what the sticky partitioner counts.</param>
/// <param name="AllFull">Whether no batch of the partition has room left.</param>
/// <param name="SharedCompletion">The awaitable, when the record is awaited by a shared completion.</param>
/// <param name="Token">The record's token in the shared completion.</param>
internal readonly record struct Placement(int Bytes, bool AllFull, SharedCompletion? SharedCompletion, short Token);

/// <summary>What became of an offered record: placed (nothing set), refused at once, or standing in line.</summary>
/// <param name="Error">Why it was refused.</param>
/// <param name="WaitingRecord">Its place in line.</param>
/// <param name="SinkEnded">Its sink had ended before it was accepted.</param>
internal readonly record struct OfferResult(ProduceError? Error, WaitingRecord? WaitingRecord, bool SinkEnded = false)
{
    public bool IsPlaced => Error is null && WaitingRecord is null && !SinkEnded;
}
