using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Properties.Outcomes;

/// <summary>Somebody who waits for one record and counts how often he is answered.</summary>
internal sealed class HandCompletion : RecordCompletion
{
    private int _answers;

    public int Answers => Volatile.Read(ref _answers);

    public ProduceError? Error { get; private set; }

    public RecordMetadata? Metadata { get; private set; }

    public override void Decide(in BatchOutcome outcome)
    {
        Error = outcome.ErrorOf(Index);
        Metadata = Error is null ? outcome.MetadataOf(Index, TimeDelta) : null;
        Interlocked.Increment(ref _answers);
    }

    public override void Refuse(ProduceError error)
    {
        Error = error;
        Interlocked.Increment(ref _answers);
    }
}
