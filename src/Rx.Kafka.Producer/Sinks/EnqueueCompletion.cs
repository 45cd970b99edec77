using Rx.Kafka.Admission;
using Rx.Kafka.Batching;
using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Sinks;

/// <summary>A record whose acceptance is awaited first, and whose acknowledgement later: a task.</summary>
internal sealed class EnqueueCompletion : RecordCompletion
{
    private readonly TaskCompletionSource<RecordMetadata> _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override bool MayGoUnheard => true;

    /// <summary>Offers the record.</summary>
    public ValueTask<Task<RecordMetadata>> EnqueueAsync(
        IRecordAdmission admission, Record record, InterceptorChain? interceptors, CancellationToken cancellationToken)
    {
        RecordCompletion completion = this;
        if (interceptors is not null)
        {
            record = interceptors.OnSend(record);
            completion = new InterceptedCompletion(this, record, interceptors);
        }

        var offer = new RecordOffer(record, completion: completion);
        var refusal = admission.Offer(ref offer) == OfferResult.Refused ? offer.Error : null;
        if (refusal is not null)
        {
            completion.Refuse(refusal);
        }

        var behind = interceptors is { IsCaller: false } ? interceptors : null;
        if (offer.Waiting is not null || behind is { Window.IsFull: true })
        {
            return new(WhenAcceptedAsync(offer.Waiting, refusal, behind, admission.Scheduler, cancellationToken));
        }

        return refusal is null ? new(_acknowledged.Task) : ValueTask.FromException<Task<RecordMetadata>>(refusal.ToException());
    }

    public override void Decide(in BatchOutcome outcome)
    {
        if (outcome.ErrorOf(Index) is { } error)
        {
            Refuse(error);
        }
        else
        {
            _acknowledged.TrySetResult(outcome.MetadataOf(Index, TimeDelta));
        }
    }

    public override void Refuse(ProduceError error)
    {
        _acknowledged.TrySetException(error.ToException());

        // Who only wanted acceptance need not look at the rest: looked at here, a failure is logged, not raised.
        _ = _acknowledged.Task.Exception;
    }

    /// <param name="waiting">Its place in line; null = it stands in none.</param>
    /// <param name="refusal">Why it was refused already.</param>
    /// <param name="behind">Whom the caller waits for besides, whatever becomes of the record; null = nobody.</param>
    /// <param name="scheduler">Where this goes on.</param>
    /// <param name="cancellationToken">Withdraws the record, or ends the wait after it.</param>
    private Task<Task<RecordMetadata>> WhenAcceptedAsync(
        WaitingRecord? waiting,
        ProduceError? refusal,
        InterceptorChain? behind,
        TaskScheduler scheduler,
        CancellationToken cancellationToken)
    {
        var cancellation = waiting is null
            ? default
            : cancellationToken.UnsafeRegister(static record => WaitingRecords.TryWithdraw((WaitingRecord)record!), waiting);
        return Task.Factory.StartNew(
            async () =>
            {
                try
                {
                    await (waiting?.Placed ?? Task.CompletedTask);
                }
                catch (OperationCanceledException)
                {
                    throw new SendCanceledException(Persistence.NotPersisted, cancellationToken);
                }
                finally
                {
                    cancellation.Unregister();
                    await (behind?.CatchUpAsync(cancellationToken) ?? Task.CompletedTask);
                }

                return (refusal ?? waiting?.Refusal) is { } refused ? throw refused.ToException() : _acknowledged.Task;
            },
            CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler).Unwrap();
    }
}
