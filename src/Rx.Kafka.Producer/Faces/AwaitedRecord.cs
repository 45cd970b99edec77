using System.Threading.Tasks.Sources;
using Rx.Kafka.Admission;
using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Faces;

/// <summary>The await of one record that stands in line, or that can be cancelled: an object of its own where a <see cref="Receipt"/> serves 32.</summary>
internal sealed class AwaitedRecord(RecordAdmission admission) : RecordCompletion, IValueTaskSource<RecordMetadata>
{
    // Runs its continuation in line: that is ours, and only queues the caller's.
    private ManualResetValueTaskSourceCore<RecordMetadata> _core;
    private Action<object?>? _continuation;
    private object? _state;
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _token;
    private Waiter? _waiter;
    private int _hasEnded;

    /// <summary>Offers the record.</summary>
    public ValueTask<RecordMetadata> SendAsync(in Record record, CancellationToken cancellationToken)
    {
        var result = admission.Offer(record, face: null, completion: this, out _);
        if (result.Error is { } error)
        {
            Refuse(error);
        }
        else if (cancellationToken.CanBeCanceled)
        {
            _waiter = result.Waiter;
            _token = cancellationToken;
            _cancellation = cancellationToken.UnsafeRegister(static self => ((AwaitedRecord)self!).Cancel(), this);
        }

        return new ValueTask<RecordMetadata>(this, _core.Version);
    }

    public override void Decide(in BatchOutcome outcome)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0)
        {
            return;
        }

        if (outcome.ErrorOf(Index) is { } error)
        {
            _core.SetException(error.ToException());
        }
        else
        {
            _core.SetResult(outcome.MetadataOf(Index, TimeDelta));
        }
    }

    public override void Refuse(ProduceError error)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
        {
            _core.SetException(error.ToException());
        }
    }

    public RecordMetadata GetResult(short token)
    {
        _cancellation.Unregister();
        return _core.GetResult(token);
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        (_continuation, _state) = ContinuationQueue.Capture(continuation, state, flags);
        _core.OnCompleted(static self => ((AwaitedRecord)self!).QueueContinuation(), this, token, ValueTaskSourceOnCompletedFlags.None);
    }

    /// <summary>In line: the record is withdrawn for certain. Accepted: only the await ends, and not before the caller's bytes are copied.</summary>
    private void Cancel()
    {
        if (_waiter is { } waiter && !admission.TryWithdraw(waiter))
        {
            _ = waiter.Placed.ContinueWith(static (_, self) => ((AwaitedRecord)self!).EndCancelled(), this, CancellationToken.None, TaskContinuationOptions.DenyChildAttach, admission.Scheduler);
            return;
        }

        EndCancelled();
    }

    private void QueueContinuation() => admission.Continuations.Queue(_continuation!, _state);

    private void EndCancelled()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
        {
            _core.SetException(new OperationCanceledException(_token));
        }
    }
}
