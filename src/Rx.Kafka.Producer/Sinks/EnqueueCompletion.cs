using Rx.Kafka.Batching;
using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Sinks;

/// <summary>A record whose acceptance is awaited first, and whose acknowledgement later: a task.</summary>
internal sealed class EnqueueCompletion : RecordCompletion
{
    private readonly TaskCompletionSource<RecordMetadata> _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override bool MayGoUnheard => true;

    /// <summary>Offers the record.</summary>
    public ValueTask<Task<RecordMetadata>> EnqueueAsync(IRecordAdmission admission, in Record record, CancellationToken cancellationToken)
    {
        var result = admission.Offer(record, sink: null, completion: this, out _);
        if (result.Error is { } error)
        {
            return ValueTask.FromException<Task<RecordMetadata>>(error.ToException());
        }

        if (result.WaitingRecord is not { } waiter)
        {
            return new(_acknowledged.Task);
        }

        var cancellation = cancellationToken.UnsafeRegister(_ => admission.TryWithdraw(waiter), null);
        return new(Task.Factory.StartNew(
            () => AcceptedAsync(waiter, cancellation, cancellationToken), CancellationToken.None, TaskCreationOptions.DenyChildAttach, admission.Scheduler).Unwrap());
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

    private async Task<Task<RecordMetadata>> AcceptedAsync(WaitingRecord waiter, CancellationTokenRegistration cancellation, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.Placed;
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            cancellation.Unregister();
        }

        return waiter.Refusal is { } refused ? throw refused.ToException() : _acknowledged.Task;
    }
}
