namespace Rx.Kafka.Testing;

/// <summary>Runs tasks one by one on the thread that pumps it, each time choosing by a seed which of the waiting ones is next. Nothing is ever run in line.</summary>
/// <remarks>
/// One thread at a time owns it: the one that made it, later the one that pumps. A task queued from any other thread has escaped the simulation
/// (an await with <c>ConfigureAwait(false)</c>, a thread-pool callback); it is run, but counted by <see cref="StepsOffThread"/>, and a run with such a step cannot be repeated.
/// </remarks>
public sealed class PumpedScheduler : TaskScheduler
{
    // Travels with everything that is started inside: an async method that resumes on a foreign thread is seen there and then.
    private static readonly AsyncLocal<PumpedScheduler?> Inside = new(ContextChanged);

    private readonly Lock _lock = new();
    private readonly List<Task> _ready = [];
    private readonly Random _random;
    private Thread _owner = Thread.CurrentThread;
    private Task? _direct;
    private long _stepsOffThread;
    private bool _firstWasResuming;
    private ulong _trace = 14695981039346656037;

    /// <summary>Makes a scheduler owned by the calling thread.</summary>
    /// <param name="seed">Chooses the order; the same seed chooses the same order again.</param>
    public PumpedScheduler(int seed) => _random = new Random(seed);

    /// <summary>How many steps were taken: tasks run and timers fired.</summary>
    public long Steps { get; private set; }

    /// <summary>How often something was done from a thread that did not own the scheduler. Must stay 0.</summary>
    public long StepsOffThread => Interlocked.Read(ref _stepsOffThread);

    /// <summary>The stack of the first step taken off the thread; null = there was none.</summary>
    public string? FirstStepOffThread { get; private set; }

    /// <summary>A hash over every choice made so far; equal runs have equal hashes.</summary>
    public ulong TraceHash => _trace;

    /// <summary>How many tasks wait to be run.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _ready.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => 1;

    internal Thread Owner
    {
        get => Volatile.Read(ref _owner);
        set => Volatile.Write(ref _owner, value);
    }

    /// <summary>Whether what the calling thread does was begun inside this scheduler.</summary>
    internal bool HasMark => Inside.Value == this;

    /// <summary>What to tell of steps off the thread; null = there were none.</summary>
    internal string? Escapes => StepsOffThread == 0
        ? null
        : $"{StepsOffThread} steps were taken off the simulation's thread: an await with ConfigureAwait(false), the thread pool, a real timer, or an Rx operator that was not given Simulation.RxScheduler. The first came back at:\n{FirstStepOffThread}";

    /// <summary>Runs one waiting task on the calling thread, which owns the scheduler from now on.</summary>
    /// <returns>False: no task was waiting.</returns>
    public bool RunOne() => RunOne(TimeSpan.Zero);

    /// <summary>Runs tasks on the calling thread until none is waiting.</summary>
    public void RunUntilIdle()
    {
        while (RunOne())
        {
        }
    }

    internal bool RunOne(TimeSpan now)
    {
        Owner = Thread.CurrentThread;
        Task task;
        lock (_lock)
        {
            if (_ready.Count == 0)
            {
                return false;
            }

            var chosen = _random.Next(_ready.Count);
            Trace(now.Ticks);
            Trace(((long)_ready.Count << 32) | (uint)chosen);
            task = _ready[chosen];

            // Swapping with the last is as repeatable as shifting, and cheaper.
            _ready[chosen] = _ready[^1];
            _ready.RemoveAt(_ready.Count - 1);
        }

        Steps++;
        var context = SynchronizationContext.Current;
        if (context is null)
        {
            TryExecuteTask(task);
            return true;
        }

        // A test's context would take the awaits of the tasks away from here.
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            TryExecuteTask(task);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }

        return true;
    }

    /// <summary>Runs a callback now, inside a task of this scheduler, so that what it awaits or completes in line stays here.</summary>
    internal void RunDirectly(Action callback, TimeSpan now)
    {
        Owner = Thread.CurrentThread;
        Steps++;
        Trace(now.Ticks);
        var task = new Task(callback, CancellationToken.None, TaskCreationOptions.DenyChildAttach);
        _direct = task;
        task.RunSynchronously(this);
        task.GetAwaiter().GetResult();
    }

    /// <summary>Whether to take a due timer before the waiting tasks: a choice like any other.</summary>
    internal bool ChoosesTimer()
    {
        var waiting = Waiting;
        return waiting == 0 || _random.Next(waiting + 1) == 0;
    }

    /// <summary>Starts a body as a task of this scheduler whose whole future carries the scheduler's mark.</summary>
    internal Task<T> Start<T>(Func<T> body)
    {
        var outer = Inside.Value;
        Inside.Value = this;
        try
        {
            return Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);
        }
        finally
        {
            Inside.Value = outer;
        }
    }

    /// <summary>Waits in real time for a task that escaped to come back: only to tell an escape from a deadlock.</summary>
    internal bool WaitForEscaped(TimeSpan patience)
    {
        SpinWait.SpinUntil(() => Waiting > 0, patience);
        return Waiting > 0;
    }

    /// <summary>
    /// Lets the thread pool do what was queued to it before: an escape that time would overtake (a completion on its way through the pool, a timeout on the virtual clock) comes back and is counted instead.
    /// No certainty, as nobody can wait for work of others that runs already: hence several rounds.
    /// </summary>
    /// <returns>True when something came back.</returns>
    internal bool CallBackEscaped(int rounds)
    {
        for (var round = 0; round < rounds && Waiting == 0; round++)
        {
            using var reached = new ManualResetEventSlim();
            ThreadPool.UnsafeQueueUserWorkItem(static e => e.Set(), reached, preferLocal: false);
            reached.Wait();
        }

        return Waiting > 0;
    }

    /// <summary>Counts the caller if it does not own the scheduler.</summary>
    internal void Touch() => Touch(resuming: false);

    /// <summary>Puts a fact of the run into its hash.</summary>
    internal void Trace(long fact)
    {
        // FNV-1a by whole words: cheap, and order matters.
        _trace = (_trace ^ (ulong)fact) * 1099511628211;
        _trace ^= _trace >> 29;
    }

    private static void ContextChanged(AsyncLocalValueChangedArgs<PumpedScheduler?> change)
    {
        if (change.ThreadContextChanged)
        {
            change.CurrentValue?.Touch(resuming: true);
        }
    }

    private void Touch(bool resuming)
    {
        if (Thread.CurrentThread == Owner)
        {
            return;
        }

        // The stack of a method that is about to resume does not name it yet: a later one is better.
        Interlocked.Increment(ref _stepsOffThread);
        lock (_lock)
        {
            if (FirstStepOffThread is null || (_firstWasResuming && !resuming))
            {
                FirstStepOffThread = Environment.StackTrace;
                _firstWasResuming = resuming;
            }
        }
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        Touch();
        lock (_lock)
        {
            _ready.Add(task);
        }
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
    {
        if (!ReferenceEquals(task, _direct))
        {
            return false;
        }

        _direct = null;
        return TryExecuteTask(task);
    }

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_lock)
        {
            return [.. _ready];
        }
    }
}
