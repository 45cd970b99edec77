namespace Rx.Kafka.Outcomes;

/// <summary>The way records came in, as batches see it: whom to tell the outcome, and how much to keep until then.</summary>
/// <param name="halts">After a failed record, later ones of its partition are omitted: such a sink has batches of its own.</param>
internal abstract class Sink(bool halts = false)
{
    /// <summary>Where records of this sink failed; null = it does not halt.</summary>
    public HaltedPartitions? Halted { get; } = halts ? new HaltedPartitions() : null;

    /// <summary>Read for each record, under the channel's gate: a plain volatile read.</summary>
    public abstract SinkInterest Interest { get; }

    /// <summary>
    /// Counts one more batch or waiting record of this sink; false once the sink has ended (terminal signal, and nothing undecided), and
    /// the record is refused. Any thread, under a gate.
    /// </summary>
    public abstract bool TryEnter();

    /// <summary>Takes back a <see cref="TryEnter"/> of a waiting record that is now in a batch, or has its outcome.</summary>
    public abstract void Leave();

    /// <summary>
    /// The outcome of this sink's records in one batch: queues it to the sink's dispatcher, which gives the share back and leaves. Owner
    /// of the batch.
    /// </summary>
    public abstract void Decided(SinkShare share);

    /// <summary>
    /// Whether refused records are told. No memory is counted for them and perhaps nothing paces them, so a sink whose observers are too
    /// far behind drops them; the counter and the log tell of those.
    /// </summary>
    public virtual bool TellsRefusals => HearsFailures;

    /// <summary>Whether somebody observes failures.</summary>
    public virtual bool HearsFailures => Interest.TellsFailures();

    /// <summary>
    /// The outcome of a record that was refused before it came into a batch; its caller has entered. Any thread, without locks.
    /// </summary>
    public void Refuse(in Record record, object? state, long timestamp, ProduceError error)
    {
        Halted?.AddTopic(record.Topic, error);
        DecideAlone(
            record, state, TellsRefusals ? Interest : SinkInterest.None,
            new BatchOutcome(record.Topic, record.Partition ?? -1, timestamp, new OutcomeRange(0, -1, error)));
    }

    /// <summary>An outcome without a batch.</summary>
    protected void DecideAlone(in Record record, object? state, SinkInterest interest, in BatchOutcome outcome)
    {
        var share = SinkShare.Rent(this, interest);
        if (share.NeedsSegment)
        {
            share.AddSegment();
        }

        share.Add(0, 0, record, state);
        share.Decide(outcome);
    }
}

/// <summary>What somebody wants to know of a sink's records, so that a batch keeps no more than that.</summary>
internal enum SinkInterest
{
    /// <summary>Nobody listens: a count is enough.</summary>
    None,

    /// <summary>Partition, offset and time of each record (Acks).</summary>
    Facts,

    /// <summary>The record too (Deliveries).</summary>
    Records,

    /// <summary>Instead of the record the element that it was made of (DeliverTo).</summary>
    States,

    /// <summary>Both (DeliverTo beside interceptors).</summary>
    RecordsAndStates,
}

/// <summary>What an interest means.</summary>
internal static class SinkInterests
{
    /// <summary>Whether failures are told, too.</summary>
    public static bool TellsFailures(this SinkInterest interest) => interest >= SinkInterest.Records;

    /// <summary>Whether records are kept.</summary>
    public static bool HasRecords(this SinkInterest interest) => interest is SinkInterest.Records or SinkInterest.RecordsAndStates;

    /// <summary>Whether elements are kept.</summary>
    public static bool HasStates(this SinkInterest interest) => interest is SinkInterest.States or SinkInterest.RecordsAndStates;

    /// <summary>The same, with the records.</summary>
    public static SinkInterest WithRecords(this SinkInterest interest) =>
        interest.HasStates() ? SinkInterest.RecordsAndStates : SinkInterest.Records;
}
