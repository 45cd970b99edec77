namespace Rx.Kafka.Outcomes;

/// <summary>
/// Somebody waits for one record by an object of its own (a caller in line, a cancellable await, an EnqueueAsync); the cheap way is a
/// <see cref="SharedCompletion"/>.
/// </summary>
internal abstract class RecordCompletion
{
    public int Index { get; private set; }

    public int TimeDelta { get; private set; }

    public RecordCompletion? Next { get; set; }

    /// <summary>Whether perhaps nobody looks at the outcome, so that a failure is logged too.</summary>
    public virtual bool MayGoUnheard => false;

    /// <summary>The record is in a batch. Under the channel's gate, so that no outcome can come first.</summary>
    public void Place(int index, int timeDelta)
    {
        Index = index;
        TimeDelta = timeDelta;
    }

    /// <summary>The outcome of the record. Owner of the batch; must not run user code inline.</summary>
    public abstract void Decide(in BatchOutcome outcome);

    /// <summary>The record was refused before it came into a batch. Must not run user code inline.</summary>
    public abstract void Refuse(ProduceError error);

    /// <summary>Its caller has withdrawn the record from its line, and knows. Must not run user code inline.</summary>
    public virtual void Withdrawn()
    {
    }
}
