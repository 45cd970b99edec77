namespace Rx.Kafka.Batching;

/// <summary>One record on its way into a batch, and whom to tell its outcome. Made under the channel's gate: somebody may subscribe meanwhile, so the face's interest is read once.</summary>
internal readonly ref struct PendingAppend(in Record record, Face? face, RecordCompletion? completion, Waiter? waiter)
{
    public readonly ref readonly Record Record = ref record;

    /// <summary>Whom to tell; null = <see cref="Completion"/>, or a receipt.</summary>
    public Face? Face { get; } = face;

    public FaceInterest Interest { get; } = face?.Interest ?? FaceInterest.None;

    public RecordCompletion? Completion { get; } = completion;

    /// <summary>The place in a line that it comes from, if it does.</summary>
    public Waiter? Waiter { get; } = waiter;

    public bool NeedsReceipt => Face is null && Completion is null;
}
