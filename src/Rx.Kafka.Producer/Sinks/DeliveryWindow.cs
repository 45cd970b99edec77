namespace Rx.Kafka.Sinks;

/// <summary>
/// Holds a sink's source while more outcomes are decided than its observers have taken. Records still on their way do not count, memory
/// bounds those. A wait may be what holds the observers (a lock is held around OnNext that an observer wants, or who reads the outcomes
/// is who waits). So while observers stand still, callers are let through one by one, and where that helps the window widens
/// (docs/adr/0020). Interceptors of awaited records have one too, at which callers only await. Any thread waits; owners of batches
/// decide; the dispatcher steps and observes.
/// </summary>
/// <param name="context">How many may be unobserved, how long a caller waits at most, the runtime, and where long waits are said.</param>
internal sealed class DeliveryWindow(DispatcherContext context)
{
    /// <summary>How many times the maximum it may widen to.</summary>
    private const int Widest = 8;

    /// <summary>So many refusals at once are told to observers that are well, however small the window.</summary>
    private const int Burst = 1000;

    /// <summary>After so long without a step of the dispatcher a caller is let through, and the log says that it waits.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>The same, while it is known that waiting holds the observers.</summary>
    private static readonly TimeSpan ShortPatience = TimeSpan.FromMilliseconds(5);

    /// <summary>A step so soon after a caller was let through was made because of that.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    /// <summary>After so many callers that were let through without a step it is no longer believed that waiting holds observers.</summary>
    private const int InVain = 32;

    private readonly Lock _lock = new();
    private readonly List<Caller> _waiting = [];
    private readonly TaskCompletionSource _allPassed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _unobserved;
    private long _limit = context.MaxUnobserved;
    private long _steps;
    private long _letThroughAt = long.MinValue;
    private bool _isHeldByWaiting;
    private bool _awaitsStep;
    private int _passedInVain;
    private int _inside;
    private bool _isClosed;
    private TaskCompletionSource? _opened;

    public bool IsFull => Volatile.Read(ref _unobserved) > Volatile.Read(ref _limit);

    /// <summary>Whether observers are further behind than the window widens for them, and than a burst of refusals puts them.</summary>
    public bool IsFarBehind => Volatile.Read(ref _unobserved) > Math.Max((long)context.MaxUnobserved * Widest, Burst);

    /// <summary>How many outcomes the dispatcher has begun to tell.</summary>
    public long Steps => Volatile.Read(ref _steps);

    /// <summary>How many outcomes observers have not returned from.</summary>
    public long Unobserved => Volatile.Read(ref _unobserved);

    /// <summary>How many threads wait here.</summary>
    public int Blocked
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    public void Decided(int count) => Interlocked.Add(ref _unobserved, count);

    public void Observed(int count)
    {
        if (Interlocked.Add(ref _unobserved, -count) <= Volatile.Read(ref _limit))
        {
            Open();
        }
    }

    /// <summary>The observers have returned from what came before. Dispatcher, for each outcome.</summary>
    public void Step()
    {
        Volatile.Write(ref _steps, _steps + 1);
        if (Volatile.Read(ref _awaitsStep))
        {
            lock (_lock)
            {
                _awaitsStep = false;
                _isHeldByWaiting |= context.Time.GetElapsedTime(_letThroughAt) <= Soon;
            }
        }
    }

    /// <summary>
    /// Blocks until there is room again, the observers stand still, or the producer is disposed. Then the caller offers its record, and
    /// calls <see cref="Passed"/>.
    /// </summary>
    /// <returns>Null, or why the record is refused: its caller has waited for MaxBlock.</returns>
    public ProduceError? Wait()
    {
        Interlocked.Increment(ref _inside);
        var caller = new Caller(context.Time.GetTimestamp());
        lock (_lock)
        {
            _waiting.Add(caller);
        }

        while (!TryPass(caller))
        {
            var from = context.Time.GetTimestamp();
            var left = context.MaxBlock - context.Time.GetElapsedTime(caller.Began, from);
            if (left <= TimeSpan.Zero)
            {
                lock (_lock)
                {
                    _waiting.Remove(caller);
                }

                return TimedOut();
            }

            var steps = Steps;
            if (WaitForTurn(caller, left))
            {
                continue;
            }

            var waited = context.Time.GetElapsedTime(caller.Began);
            if (waited >= Patience)
            {
                context.Events.Waits(waited, $"for observers: {Behind()}");
            }

            if (steps == Steps)
            {
                LetOneThrough(since: from);
            }
        }

        return null;
    }

    /// <summary>For callers that await instead of blocking: completes when there is room again, or the producer is disposed.</summary>
    public Task WhenOpen()
    {
        lock (_lock)
        {
            if (!IsFull || _isClosed)
            {
                return Task.CompletedTask;
            }

            _opened ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _opened.Task;
        }
    }

    /// <summary>A caller that has waited is done with its record.</summary>
    public void Passed()
    {
        if (Interlocked.Decrement(ref _inside) == 0 && Volatile.Read(ref _isClosed))
        {
            _allPassed.TrySetResult();
        }
    }

    /// <summary>Lets everybody through: dispose, or a fatal error.</summary>
    /// <returns>Completes when all who waited have offered their records.</returns>
    public Task Close()
    {
        Interlocked.Increment(ref _inside);
        Volatile.Write(ref _isClosed, true);
        Open();
        Passed();
        return _allPassed.Task;
    }

    private bool TryPass(Caller caller)
    {
        lock (_lock)
        {
            if (IsFull && !_isClosed && !caller.MayPass)
            {
                caller.Turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return false;
            }

            _waiting.Remove(caller);
            return true;
        }
    }

    /// <returns>False when the caller's patience is over, and nobody called it.</returns>
    private bool WaitForTurn(Caller caller, TimeSpan left)
    {
        var patience = Volatile.Read(ref _isHeldByWaiting) ? ShortPatience : Patience;
        var most = patience < left ? patience : left;
        var turn = caller.Turn!;
        using (context.Time.CreateTimer(
            static turn => ((TaskCompletionSource)turn!).TrySetCanceled(), turn, most, Timeout.InfiniteTimeSpan))
        {
            context.Runtime.Wait(turn.Task);
        }

        return !turn.Task.IsCanceled;
    }

    /// <summary>
    /// The observers stand still: the caller that has waited longest goes on, for it may hold what they want. Where they moved as soon as
    /// the last one was let through, the window widens.
    /// </summary>
    /// <param name="since">Since when somebody sees them stand; nobody else may have been let through after that.</param>
    private void LetOneThrough(long since)
    {
        lock (_lock)
        {
            if (_letThroughAt > since || _waiting.Count == 0)
            {
                return;
            }

            _passedInVain = _awaitsStep ? _passedInVain + 1 : 0;
            _isHeldByWaiting &= _passedInVain < InVain;
            _letThroughAt = context.Time.GetTimestamp();
            Volatile.Write(ref _awaitsStep, true);
            if (_isHeldByWaiting)
            {
                var wider = Volatile.Read(ref _unobserved) + Math.Max(1, context.MaxUnobserved / 4);
                Volatile.Write(ref _limit, Math.Clamp(wider, _limit, Math.Max(_limit, (long)context.MaxUnobserved * Widest)));
            }

            _waiting[0].MayPass = true;
            _waiting[0].Turn?.TrySetResult();
        }

        Open();
    }

    private void Open()
    {
        lock (_lock)
        {
            if (Volatile.Read(ref _unobserved) <= context.MaxUnobserved)
            {
                Volatile.Write(ref _limit, context.MaxUnobserved);
            }

            if (IsFull && !_isClosed)
            {
                return;
            }

            foreach (var caller in _waiting)
            {
                caller.Turn?.TrySetResult();
            }

            _opened?.TrySetResult();
            _opened = null;
        }
    }

    private ProduceError TimedOut() => new(
        ProduceErrorCode.BufferFull,
        $"The record waited for observers for MaxBlock ({context.MaxBlock.TotalMilliseconds:0} ms): {Behind()}");

    private string Behind() =>
        $"they are {Volatile.Read(ref _unobserved)} outcomes behind, MaxUnobservedDeliveries allows {context.MaxUnobserved}. Make them "
        + "faster. One that wants a lock which is held around OnNext moves only between two calls of OnNext: take it off that lock.";

    /// <summary>A thread that waits. Under the lock.</summary>
    private sealed class Caller(long began)
    {
        public long Began => began;

        public TaskCompletionSource? Turn { get; set; }

        public bool MayPass { get; set; }
    }
}
