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
        return admission.Offer(ref offer) switch
        {
            OfferResult.Placed => new(_acknowledged.Task),
            OfferResult.Waits => new(WhenAcceptedAsync(offer.Waiting!, admission.Scheduler, cancellationToken)),
            _ => Refused(offer.Error!),
        };

        ValueTask<Task<RecordMetadata>> Refused(ProduceError error)
        {
            completion.Refuse(error);
            return ValueTask.FromException<Task<RecordMetadata>>(error.ToException());
        }
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

    private Task<Task<RecordMetadata>> WhenAcceptedAsync(
        WaitingRecord waiting, TaskScheduler scheduler, CancellationToken cancellationToken)
    {
        var cancellation = cancellationToken.UnsafeRegister(static record => WaitingRecords.TryWithdraw((WaitingRecord)record!), waiting);
        return Task.Factory.StartNew(
            () => AcceptedAsync(waiting, cancellation, cancellationToken),
            CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler).Unwrap();
    }

    private async Task<Task<RecordMetadata>> AcceptedAsync(
        WaitingRecord waiting, CancellationTokenRegistration cancellation, CancellationToken cancellationToken)
    {
        try
        {
            await waiting.Placed;
        }
        catch (OperationCanceledException)
        {
            throw new SendCanceledException(Persistence.NotPersisted, cancellationToken);
        }
        finally
        {
            cancellation.Unregister();
        }

        return waiting.Refusal is { } refused ? throw refused.ToException() : _acknowledged.Task;
    }
}
