using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Sinks;

/// <summary>
/// One way in for records, and their outcomes out: an observer of records, an observable of acknowledgements and one of all deliveries.
/// Its outcomes are told by its own serial dispatcher, so a slow, throwing or re-entrant observer disturbs nobody else.
/// </summary>
internal sealed class RecordSink : Sink
{
    // The state is a count of batches and waiting records without outcome, and two marks.
    private const long Terminated = 1L << 62;
    private const long Ended = 1L << 61;
    private const long CountMask = Ended - 1;

    private readonly Lock _terminating = new();
    private readonly Lock _interestLock = new();
    private readonly DeliveryDispatcher _dispatcher;
    private readonly DeliveryWindow _window;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _error;
    private Exception? _completionError;
    private long _state;
    private int _interest;

    /// <param name="maximumUnobserved">How many outcomes may be unobserved.</param>
    /// <param name="maxBlock">How long OnNext waits for observers.</param>
    /// <param name="context">Shared by the sinks of a producer.</param>
    public RecordSink(int maximumUnobserved, TimeSpan maxBlock, DispatcherContext context)
    {
        _window = new DeliveryWindow(maximumUnobserved, maxBlock, context);
        _dispatcher = new DeliveryDispatcher(this, _window, context);
        Acks = new DeliveryStream<RecordMetadata>(nameof(Acks), UpdateInterest, _dispatcher.Resume);
        Deliveries = new DeliveryStream<Delivery<Record>>(nameof(Deliveries), UpdateInterest, _dispatcher.Resume);
    }

    public DeliveryStream<RecordMetadata> Acks { get; }

    public DeliveryStream<Delivery<Record>> Deliveries { get; }

    public Task Completion => _completion.Task;

    /// <summary>What the streams end with; null = they complete. Dispatcher.</summary>
    public Exception? Error => _error;

    /// <summary>Whether the terminal signal came.</summary>
    public bool IsTerminated => (Volatile.Read(ref _state) & Terminated) != 0;

    /// <summary>Whether outcomes are still to be observed, or to come.</summary>
    public bool OwesOutcomes => (Volatile.Read(ref _state) & CountMask) != 0;

    public override SinkInterest Interest => (SinkInterest)Volatile.Read(ref _interest);

    public override bool TellsRefusals => base.TellsRefusals && !_window.IsFarBehind;

    public DeliveryWindow Window => _window;

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
    public bool WillFault => (_error ?? Volatile.Read(ref _completionError)) is not null;

    /// <summary>The streams have ended. The last call of the dispatcher, or the end of a dispose that did not wait for it.</summary>
    public void Complete()
    {
        if ((_error ?? Volatile.Read(ref _completionError)) is not { } error)
        {
            _completion.TrySetResult();
        }
        else if (_completion.TrySetException(error))
        {
            // Looked at here: one that nobody awaits is not an unobserved exception, it was logged.
            _ = _completion.Task.Exception;
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

    private void UpdateInterest()
    {
        // Whoever comes in last sees both streams as they are; without the lock the older of two views might be written last.
        lock (_interestLock)
        {
            Volatile.Write(
                ref _interest,
                (int)(Deliveries.HasObservers ? SinkInterest.Records : Acks.HasObservers ? SinkInterest.Facts : SinkInterest.None));
        }
    }
}
