namespace Rx.Kafka.Concurrency;

/// <summary>
/// Makes a task fit for <c>WaitAsync</c>, <c>WhenAny</c> and the like: where its source runs continuations asynchronously, those would go
/// on in the thread pool, not on the scheduler.
/// </summary>
internal static class ScheduledWait
{
    /// <summary>The same outcome, coming as a step of the scheduler.</summary>
    public static Task On(this Task task, TaskScheduler scheduler) =>
        task.IsCompleted
            ? task
            : task.ContinueWith(static ended => ended, CancellationToken.None, TaskContinuationOptions.DenyChildAttach, scheduler).Unwrap();

    /// <inheritdoc cref="On(Task, TaskScheduler)"/>
    public static Task<T> On<T>(this Task<T> task, TaskScheduler scheduler) =>
        task.IsCompleted
            ? task
            : task.ContinueWith(static ended => ended, CancellationToken.None, TaskContinuationOptions.DenyChildAttach, scheduler).Unwrap();
}
