using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Sinks;

/// <summary>
/// One way in for records, and their outcomes out. Its outcomes are told by its own serial dispatcher, so a slow, throwing or re-entrant
/// observer disturbs nobody else. Any thread offers and terminates; the owners of batches decide; the dispatcher tells.
/// </summary>
internal abstract class DeliverySink : Sink
{
    // The state is a count of batches and waiting records without outcome, and two marks.
    private const long Terminated = 1L << 62;
    private const long Ended = 1L << 61;
    private const long CountMask = Ended - 1;

    private readonly Lock _terminating = new();
    private readonly Lock _interestLock = new();
    private readonly DeliveryDispatcher _dispatcher;
    private readonly DeliveryWindow _window;
    private readonly bool _hasInterceptors;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _error;
    private Exception? _completionError;
    private long _state;
    private int _interest;

    /// <param name="context">Shared by the sinks of a producer.</param>
    /// <param name="halts">Whether records after a failed one of their partition are omitted.</param>
    protected DeliverySink(DispatcherContext context, bool halts)
        : base(halts)
    {
        _window = new DeliveryWindow(context);
        _dispatcher = new DeliveryDispatcher(this, _window, context);
        _hasInterceptors = context.Interceptors is not null;
    }

    /// <summary>
    /// What its streams end with when the producer is disposed before its source has ended: an operator must not say that its source is at
    /// its end. Null = they complete.
    /// </summary>
    public Exception? EndsByDispose { get; set; }

    /// <summary>Told once, when it has completed.</summary>
    public Action<DeliverySink>? Completed { get; set; }

    public Task Completion => _completion.Task;

    /// <summary>What the streams end with; null = they complete. Dispatcher.</summary>
    public Exception? Error => _error;

    /// <summary>Whether the terminal signal came.</summary>
    public bool IsTerminated => (Volatile.Read(ref _state) & Terminated) != 0;

    /// <summary>Whether outcomes are still to be observed, or to come.</summary>
    public bool OwesOutcomes => (Volatile.Read(ref _state) & CountMask) != 0;

    /// <summary>Whether a bounded reader has no room: the dispatcher stops until it is resumed.</summary>
    public abstract bool IsFull { get; }

    public override SinkInterest Interest => (SinkInterest)Volatile.Read(ref _interest);

    public override bool TellsRefusals => Interest.TellsFailures() && !_window.IsFarBehind;

    public DeliveryWindow Window => _window;

    protected DeliveryDispatcher Dispatcher => _dispatcher;

    /// <summary>What its observers want to know now.</summary>
    protected abstract SinkInterest Wanted { get; }

    /// <summary>Tells the observers one outcome of a batch. Dispatcher.</summary>
    public abstract void Tell(SinkShare share, FactSegment segment, int position);

    /// <summary>Tells the observers that nothing more comes. Dispatcher, once.</summary>
    public abstract void End(Exception? error);

    public override bool TryEnter()
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if ((state & Ended) != 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _state, state + 1, state) == state)
            {
                return true;
            }
        }
    }

    public override void Leave()
    {
        Interlocked.Decrement(ref _state);
        EndIfDone();
    }

    public override void Decided(SinkShare share)
    {
        if (share.Interest == SinkInterest.None)
        {
            share.Return();
            Leave();
            return;
        }

        _window.Decided(share.Count);
        _dispatcher.Post(share);
    }

    /// <summary>No more input comes; the streams end when all that was accepted has its outcome and was observed.</summary>
    /// <returns>False when it had ended already.</returns>
    public bool Terminate(Exception? error)
    {
        lock (_terminating)
        {
            if (IsTerminated)
            {
                return false;
            }

            // Before the mark, because the dispatcher reads it after.
            _error = error;
            Interlocked.Or(ref _state, Terminated);
        }

        EndIfDone();
        return true;
    }

    /// <summary>Ends the streams now with an error, whatever is undecided: a fatal error wins over the terminal signal.</summary>
    public void Fault(Exception error)
    {
        lock (_terminating)
        {
            _error = error;
            Interlocked.Or(ref _state, Terminated);
        }

        EndIfDone();
    }

    /// <summary>
    /// Completion will fault: an observer threw, or a record came too late. The streams end as their source said, for what they told is
    /// right.
    /// </summary>
    public void FaultCompletion(Exception error) => Interlocked.CompareExchange(ref _completionError, error, null);

    /// <summary>Whether Completion will fault, or has faulted.</summary>
    public bool WillFault => (_error ?? Volatile.Read(ref _completionError)) is not null || Halted?.First is not null;

    /// <summary>The streams have ended. The last call of the dispatcher, or the end of a dispose that did not wait for it.</summary>
    public void Complete()
    {
        // A sink that halted has left records out, so its completion is no success.
        if ((_error ?? Volatile.Read(ref _completionError) ?? Halted?.First?.ToException()) is not { } error)
        {
            _completion.TrySetResult();
        }
        else if (_completion.TrySetException(error))
        {
            // Looked at here: one that nobody awaits is not an unobserved exception, it was logged.
            _ = _completion.Task.Exception;
        }

        Completed?.Invoke(this);
    }

    /// <summary>An element that asks for no record is done; its caller has entered.</summary>
    public void PassThrough(object? state) =>
        DecideAlone(default, state, Interest, new BatchOutcome(string.Empty, -1, 0, new OutcomeRange(0, -1, null)));

    /// <summary>The sink was made, or somebody came or went.</summary>
    public void UpdateInterest()
    {
        // Whoever comes in last sees all observers as they are; without the lock the older of two views might be written last.
        lock (_interestLock)
        {
            Volatile.Write(ref _interest, (int)(_hasInterceptors ? Wanted.WithRecords() : Wanted));
        }
    }

    private void EndIfDone()
    {
        var state = Volatile.Read(ref _state);
        if ((state & Terminated) != 0 && (state & Ended) == 0 && (state & CountMask) == 0
            && Interlocked.CompareExchange(ref _state, state | Ended, state) == state)
        {
            _dispatcher.PostEnd();
        }
    }
}
