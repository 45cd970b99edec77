namespace Rx.Kafka.Concurrency;

/// <summary>Blocks a thread on a task without starving the pool that must complete the task.</summary>
/// <remarks>
/// The pool adds threads for blocked ones, but slowly: with 128 callers blocked in <see cref="Task.Wait()"/> a new work item waited 29 s,
/// with 400 of them 97 s. Even loops on threads of their own then stand still, because sockets complete on the pool. So the pool's
/// minimum follows the number of callers blocked here.
/// </remarks>
internal static class BlockingWait
{
    // What must be free at any time for work items: one that runs and one that follows it.
    private const int Spare = 2;

    private static readonly Lock Adjusting = new();
    private static int _blocked;
    private static int _original;
    private static int _raised;

    /// <summary>Waits until a task has ended; does not throw its error.</summary>
    /// <param name="task">The task to wait for.</param>
    public static void Wait(Task task)
    {
        if (task.IsCompleted)
        {
            return;
        }

        if (!Thread.CurrentThread.IsThreadPoolThread)
        {
            Block(task);
            return;
        }

        Adjust(+1);
        try
        {
            Block(task);
        }
        finally
        {
            Adjust(-1);
        }
    }

    private static void Block(Task task)
    {
        try
        {
            // Not an event: the pool reacts to threads blocked on a task, and to no others.
            task.Wait();
        }
        catch (AggregateException)
        {
            // The caller looks at the task.
        }
    }

    private static void Adjust(int blocked)
    {
        lock (Adjusting)
        {
            _blocked += blocked;
            ThreadPool.GetMinThreads(out var minimum, out var ports);
            if (minimum != _raised)
            {
                // Nobody was blocked, or the application has set it meanwhile: this is what to go back to.
                _original = minimum;
            }

            _raised = _blocked == 0 ? _original : Math.Max(_original, _blocked + Spare);
            if (_raised != minimum && !ThreadPool.SetMinThreads(_raised, ports))
            {
                // Above the pool's maximum. Blocked callers then wait for the pool's own pace.
                _raised = minimum;
            }
        }
    }
}
