using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Sinks;

/// <summary>Stands before the await of a record while there are interceptors: they are told its outcome first.</summary>
internal sealed class InterceptedCompletion(RecordCompletion inner, in Record record, InterceptorChain chain) : RecordCompletion
{
    private static readonly ProduceError WithdrawnByCaller = new(
        ProduceErrorCode.Aborted, "Withdrawn by its caller before it was accepted.");

    private readonly Record _record = record;
    private BatchOutcome? _outcome;
    private ProduceError? _refusal;

    public override bool MayGoUnheard => inner.MayGoUnheard;

    public override void Decide(in BatchOutcome outcome)
    {
        _outcome = outcome;
        chain.Post(this, outcome.DeliveryOf(_record, new RecordFact(Index, TimeDelta), outcome.ErrorOf(Index)));
    }

    public override void Refuse(ProduceError error)
    {
        _refusal = error;
        chain.Post(this, new Delivery<Record>(_record, error));
    }

    public override void Withdrawn() => chain.Post(this, new Delivery<Record>(_record, WithdrawnByCaller));

    /// <summary>The interceptors know.</summary>
    public void GoOn()
    {
        if (_outcome is { } outcome)
        {
            inner.Place(Index, TimeDelta);
            inner.Decide(outcome);
        }
        else if (_refusal is not null)
        {
            inner.Refuse(_refusal);
        }
    }
}
