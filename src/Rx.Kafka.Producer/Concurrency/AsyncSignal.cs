using System.Threading.Tasks.Sources;

namespace Rx.Kafka.Concurrency;

/// <summary>
/// Wakes one loop: any number of <see cref="Set"/> calls before a wait count as one. Nothing is allocated per wait, and
/// <see cref="Set()"/> never runs the waiter inline: it goes to the scheduler it waited on, else to the thread pool.
/// </summary>
internal sealed class AsyncSignal : IValueTaskSource
{
    private const int Idle = 0;
    private const int Raised = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> _core;
    private int _state = Idle;

    /// <summary>Wakes the waiter, or the next one if nobody waits. Any thread; cheap when already set.</summary>
    public void Set() => Set(runHere: false);

    /// <summary>
    /// The same for a caller who has nothing left to do: the waiter may go on here, within the call, which saves a change of threads. Not
    /// if it waits on another scheduler.
    /// </summary>
    public void SetHere() => Set(runHere: true);

    private void Set(bool runHere)
    {
        // What the caller wrote must be visible before its look at the state: else a waiter that takes an older signal at this moment
        // sees neither.
        Interlocked.MemoryBarrier();
        while (true)
        {
            switch (Volatile.Read(ref _state))
            {
                case Raised:
                    return;
                case Idle:
                    if (Interlocked.CompareExchange(ref _state, Raised, Idle) == Idle)
                    {
                        return;
                    }

                    break;
                default:
                    if (Interlocked.CompareExchange(ref _state, Idle, Waiting) == Waiting)
                    {
                        _core.RunContinuationsAsynchronously = !runHere;
                        _core.SetResult(true);
                        return;
                    }

                    break;
            }
        }
    }

    /// <summary>
    /// Waits for the next <see cref="Set"/>, or takes the one remembered. One awaiter at a time, and it awaits the result exactly once.
    /// </summary>
    /// <exception cref="InvalidOperationException">Somebody waits already.</exception>
    public ValueTask WaitAsync()
    {
        if (Volatile.Read(ref _state) == Waiting)
        {
            throw new InvalidOperationException("The signal has one awaiter, and somebody waits already.");
        }

        if (Interlocked.CompareExchange(ref _state, Idle, Raised) == Raised)
        {
            return ValueTask.CompletedTask;
        }

        // Reset before the state says Waiting: from then on Set may complete it.
        _core.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle)
        {
            return new ValueTask(this, _core.Version);
        }

        // A full barrier here too: without it the waiter may read what it wakes for before others see that the signal is taken. Who writes
        // and signals in between finds it raised, and nobody wakes for what was written.
        Interlocked.Exchange(ref _state, Idle);
        return ValueTask.CompletedTask;
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);
}
