namespace Rx.Kafka.Batching;

/// <summary>The way records came in, as batches see it: whom to tell the outcome, and how much to keep until then.</summary>
internal abstract class Face
{
    /// <summary>Read for each record, under the channel's gate: a plain volatile read.</summary>
    public abstract FaceInterest Interest { get; }

    /// <summary>Counts one more batch or waiting record of this face; false once the face has ended (terminal signal, and nothing undecided), and the record is refused. Any thread, under a gate.</summary>
    public abstract bool TryEnter();

    /// <summary>Takes back a <see cref="TryEnter"/> of a waiting record that is now in a batch, or has its outcome.</summary>
    public abstract void Leave();

    /// <summary>The outcome of this face's records in one batch: queues it to the face's dispatcher, which gives the share back and leaves. Owner of the batch.</summary>
    public abstract void Decided(FaceShare share);
}
