using System.Threading.Tasks.Sources;
using Microsoft.Extensions.ObjectPool;
using Rx.Kafka.Admission;
using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Sinks;

/// <summary>
/// The await of one record that stands in line, or that can be cancelled: an object of its own where a <see cref="SharedCompletion"/>
/// serves 32. Pooled.
/// </summary>
internal sealed class SendCompletion(
    IRecordAdmission admission, ObjectPool<SendCompletion> home) : RecordCompletion, IAwaitedRecord
{
    private const int Open = 1 << 16;

    // Who takes a value looks at the token first, so nobody is told this.
    private static readonly ProduceError Cancelled = new(ProduceErrorCode.Aborted, "The await was cancelled.");

    // Runs its continuation in line: that is ours, and only queues the caller's.
    private ManualResetValueTaskSourceCore<AwaitedOutcome> _core;
    private Action<object?>? _continuation;
    private object? _state;
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _token;
    private WaitingRecord? _waiting;
    private int _hasEnded;

    /// <summary>Whether <see cref="_cancellation"/> is set, or the outcome came first: who comes second ends the registration.</summary>
    private int _registration;

    /// <summary>
    /// One for the await, one for the outcome, one for the registration, so that no late callback meets the object's next life; the last
    /// one to go gives the object back.
    /// </summary>
    private int _references;

    /// <summary>Claim word: version and Open bit. GetResult swaps it once, so a second await cannot release the object twice.</summary>
    private int _claim;

    /// <summary>The token of its present await.</summary>
    public short Token => _core.Version;

    /// <summary>Offers the record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Withdraws it, or ends the await.</param>
    /// <param name="interceptors">Who is told the outcome before the await; null = there are none.</param>
    /// <param name="isBorrowed">Its memory serves again when this returns.</param>
    /// <param name="trace">What it carries of a trace, if it was offered before; null = it was not.</param>
    public ValueTask<RecordMetadata> SendAsync(
        in Record record, CancellationToken cancellationToken, InterceptorChain? interceptors = null, bool isBorrowed = false,
        RecordTrace? trace = null)
    {
        _ = Offer(record, interceptors, isBorrowed, trace, cancellationToken);
        return new ValueTask<RecordMetadata>(this, Token);
    }

    /// <summary>The token was cancelled before the call: nothing is offered.</summary>
    // An async method makes a cancelled task of this exception, and an await of it throws the very object.
    public static async ValueTask<T> CancelledAsync<T>(CancellationToken cancellationToken) =>
        throw new SendCanceledException(Persistence.NotPersisted, cancellationToken);

    /// <summary>The same for who takes the outcome by <see cref="Token"/>.</summary>
    /// <returns>Its place in line; null = it stands in none.</returns>
    public WaitingRecord? Offer(
        in Record record, InterceptorChain? interceptors, bool isBorrowed, RecordTrace? trace, CancellationToken cancellationToken)
    {
        _references = 2;
        _claim = Open | (ushort)_core.Version;
        RecordCompletion completion = interceptors is null ? this : new InterceptedCompletion(this, record, interceptors);
        var offer = new RecordOffer(record, completion: completion) { IsBorrowed = isBorrowed, Trace = trace };
        if (admission.Offer(ref offer) == OfferResult.Refused)
        {
            offer.Completion!.Refuse(offer.Error!);
        }
        else if (cancellationToken.CanBeCanceled)
        {
            _waiting = offer.Waiting;
            _token = cancellationToken;
            Interlocked.Increment(ref _references);
            _cancellation = cancellationToken.UnsafeRegister(static self => ((SendCompletion)self!).Cancel(), this);
            MeetRegistration();
        }

        return offer.Waiting;
    }

    public override void Decide(in BatchOutcome outcome)
    {
        if (outcome.ErrorOf(Index) is { } error)
        {
            Refuse(error);
        }
        else
        {
            End(new AwaitedOutcome(outcome.MetadataOf(Index, TimeDelta), outcome.SuccessPersistence, Error: null));
        }
    }

    public override void Refuse(ProduceError error) => End(new AwaitedOutcome(default, error.Persistence, error));

    public ValueTaskSourceStatus GetStatus(short token)
    {
        var status = _core.GetStatus(token);
        return status == ValueTaskSourceStatus.Succeeded && _core.GetResult(token).Error is not null
            ? ValueTaskSourceStatus.Faulted
            : status;
    }

    // Never throws: thrown from here it would end the process. A repeated or stale registration is queued, and faults in GetResult.
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        (continuation, state) = ContinuationQueue.Capture(continuation, state, flags);
        if (token != _core.Version || Interlocked.CompareExchange(ref _continuation, continuation, null) is not null)
        {
            admission.Continuations.Queue(continuation, state);
            return;
        }

        _state = state;
        try
        {
            _core.OnCompleted(
                static self => ((SendCompletion)self!).QueueContinuation(), this, token, ValueTaskSourceOnCompletedFlags.None);
        }
        catch (InvalidOperationException)
        {
            admission.Continuations.Queue(continuation, state);
        }
    }

    public RecordMetadata GetResult(short token)
    {
        Claim(token);
        try
        {
            var outcome = _core.GetResult(token);
            return outcome.Error is { } error ? throw error.ToException() : outcome.Metadata;
        }
        finally
        {
            Release();
        }
    }

    public ProduceError? Take(short token, int state, out Delivery<int> delivery)
    {
        Claim(token);
        var isCancelled = _core.GetStatus(token) == ValueTaskSourceStatus.Canceled;
        var outcome = isCancelled ? new AwaitedOutcome(default, Cancelled.Persistence, Cancelled) : _core.GetResult(token);
        Release();
        delivery = outcome.ToDelivery(state);
        return outcome.Error;
    }

    private void Claim(short token)
    {
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException(
                "The result was read before the record had its outcome; await it, or use AsTask() to block.");
        }

        if (Interlocked.CompareExchange(ref _claim, 0, Open | (ushort)token) != (Open | (ushort)token))
        {
            throw new InvalidOperationException(
                "This ValueTask was awaited twice; it is awaited once: use AsTask() to await it more often.");
        }
    }

    private void End(in AwaitedOutcome outcome)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
        {
            _core.SetResult(outcome);
        }

        MeetRegistration();
        Release();
    }

    /// <summary>
    /// The registration ends with the outcome, whether anybody reads it or not: a token may live as long as the application. Called once by
    /// each of the two. A callback that runs already gives its reference back itself.
    /// </summary>
    private void MeetRegistration()
    {
        if (Interlocked.Exchange(ref _registration, 1) != 0 && _cancellation.Unregister())
        {
            Release();
        }
    }

    private void Cancel()
    {
        EndAwait();
        Release();
    }

    /// <summary>
    /// In line: the record is withdrawn for certain. Accepted: only the await ends, and not before the caller's bytes are copied.
    /// </summary>
    private void EndAwait()
    {
        if (_waiting is not { } waiting)
        {
            EndCancelled(isWithdrawn: false);
        }
        else if (WaitingRecords.TryWithdraw(waiting))
        {
            // Nobody will bring an outcome.
            EndCancelled(isWithdrawn: true);
            Release();
        }
        else
        {
            Interlocked.Increment(ref _references);
            _ = waiting.Placed.ContinueWith(
                static (placed, self) => ((SendCompletion)self!).EndPlaced(placed.IsCanceled), this,
                CancellationToken.None, TaskContinuationOptions.DenyChildAttach, admission.Scheduler);
        }
    }

    private void EndPlaced(bool isWithdrawn)
    {
        EndCancelled(isWithdrawn);
        Release();
        if (isWithdrawn)
        {
            // Withdrawn after all: nobody will bring an outcome.
            Release();
        }
    }

    private void EndCancelled(bool isWithdrawn)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
        {
            var persistence = isWithdrawn ? Persistence.NotPersisted : Persistence.PossiblyPersisted;
            _core.SetException(new SendCanceledException(persistence, _token));
        }
    }

    private void QueueContinuation() => admission.Continuations.Queue(_continuation!, _state);

    private void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0)
        {
            return;
        }

        _core.Reset();
        _continuation = null;
        _state = null;
        _cancellation = default;
        _token = default;
        _waiting = null;
        Next = null;
        _registration = 0;
        Volatile.Write(ref _hasEnded, 0);
        home.Return(this);
    }
}

/// <summary>What became of one awaited record.</summary>
internal readonly record struct AwaitedOutcome(RecordMetadata Metadata, Persistence Persistence, ProduceError? Error)
{
    public Delivery<int> ToDelivery(int state) => Error is { } error
        ? new(state, error)
        : new(state, Metadata.Topic, Metadata.Partition, Metadata.Offset, Metadata.Timestamp.ToUnixTimeMilliseconds(), Persistence);
}

/// <summary>
/// The awaits of their own of one producer. Kept are as many as callers commonly wait at once; more are left to the collector.
/// </summary>
internal sealed class SendCompletionPool : PooledObjectPolicy<SendCompletion>
{
    private const int Retained = 16384;

    private readonly IRecordAdmission _admission;
    private readonly DefaultObjectPool<SendCompletion> _pool;

    public SendCompletionPool(IRecordAdmission admission)
    {
        _admission = admission;
        _pool = new DefaultObjectPool<SendCompletion>(this, Retained);
    }

    public SendCompletion Rent() => _pool.Get();

    public override SendCompletion Create() => new(_admission, _pool);

    public override bool Return(SendCompletion obj) => true;
}
