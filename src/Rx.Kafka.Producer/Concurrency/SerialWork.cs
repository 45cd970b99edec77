namespace Rx.Kafka.Concurrency;

/// <summary>
/// A piece of work that runs on the scheduler, never twice at once; asked for while it runs, it runs once more. Allocates nothing per run
/// on the pool.
/// </summary>
internal sealed class SerialWork(Action work, TaskScheduler scheduler) : IThreadPoolWorkItem
{
    private const int Idle = 0;
    private const int Queued = 1;
    private const int Running = 2;
    private const int RunningAgain = 3;

    private int _state;

    /// <summary>Any thread; runs nothing inline.</summary>
    public void Queue()
    {
        // What the caller wrote must be visible before its look at the state; Execute has the other barrier. Else a run that begins at
        // this moment sees neither.
        Interlocked.MemoryBarrier();
        while (true)
        {
            switch (Volatile.Read(ref _state))
            {
                case Idle:
                    if (Interlocked.CompareExchange(ref _state, Queued, Idle) == Idle)
                    {
                        Start();
                        return;
                    }

                    break;
                case Running:
                    if (Interlocked.CompareExchange(ref _state, RunningAgain, Running) == Running)
                    {
                        return;
                    }

                    break;
                default:
                    return;
            }
        }
    }

    void IThreadPoolWorkItem.Execute() => Execute();

    private void Execute()
    {
        Interlocked.Exchange(ref _state, Running);
        try
        {
            work();
        }
        finally
        {
            if (Interlocked.CompareExchange(ref _state, Idle, Running) != Running)
            {
                Volatile.Write(ref _state, Queued);
                Start();
            }
        }
    }

    private void Start()
    {
        if (scheduler == TaskScheduler.Default)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        else
        {
            _ = Task.Factory.StartNew(
                static self => ((SerialWork)self!).Execute(), this, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
        }
    }
}
