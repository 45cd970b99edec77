using System.Threading.Tasks.Sources;

namespace Rx.Kafka.Concurrency;

/// <summary>Runs the continuations of awaits one by one on the scheduler, never inline: one that blocks holds up nobody else.</summary>
internal sealed class ContinuationQueue(TaskScheduler scheduler)
{
    private static readonly Action<object?> RunCaptured = static state => ((Captured)state!).Run();

    /// <summary>
    /// Captures the context that an await asked for, so that <see cref="Queue"/> can go back to it; allocates only where there is one.
    /// </summary>
    public static (Action<object?> Continuation, object? State) Capture(
        Action<object?> continuation, object? state, ValueTaskSourceOnCompletedFlags flags)
    {
        var execution = (flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0 ? ExecutionContext.Capture() : null;
        SynchronizationContext? context = null;
        TaskScheduler? target = null;
        if ((flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0)
        {
            if (SynchronizationContext.Current is { } current && current.GetType() != typeof(SynchronizationContext))
            {
                context = current;
            }
            else if (TaskScheduler.Current != TaskScheduler.Default)
            {
                target = TaskScheduler.Current;
            }
        }

        return execution is null && context is null && target is null
            ? (continuation, state)
            : (RunCaptured, new Captured(continuation, state, execution, context, target));
    }

    public void Queue(Action<object?> continuation, object? state)
    {
        if (ReferenceEquals(continuation, RunCaptured) && ((Captured)state!).Target is { } target && target == scheduler)
        {
            ((Captured)state).Target = null;
        }

        if (scheduler == TaskScheduler.Default)
        {
            // Takes an await's own state machine box without allocating.
            ThreadPool.UnsafeQueueUserWorkItem(continuation, state, preferLocal: false);
        }
        else
        {
            _ = Task.Factory.StartNew(continuation, state, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
        }
    }

    private sealed class Captured(
        Action<object?> continuation, object? state, ExecutionContext? execution, SynchronizationContext? context, TaskScheduler? target)
    {
        public TaskScheduler? Target { get; set; } = target;

        public void Run()
        {
            if (context is not null)
            {
                context.Post(static captured => ((Captured)captured!).Invoke(), this);
            }
            else if (Target is { } other)
            {
                _ = Task.Factory.StartNew(
                    static captured => ((Captured)captured!).Invoke(), this, CancellationToken.None, TaskCreationOptions.DenyChildAttach,
                    other);
            }
            else
            {
                Invoke();
            }
        }

        private void Invoke()
        {
            if (execution is null)
            {
                continuation(state);
            }
            else
            {
                ExecutionContext.Run(execution, static captured => ((Captured)captured!).InvokeInContext(), this);
            }
        }

        private void InvokeInContext() => continuation(state);
    }
}
