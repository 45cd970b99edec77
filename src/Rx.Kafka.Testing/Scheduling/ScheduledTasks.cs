using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.Kafka.Testing.Scheduling;

/// <summary>Runs each task as work of an Rx scheduler that is due now, so that timers, tasks and operators take turns on one queue. Nothing is run in line.</summary>
internal sealed class ScheduledTasks(IScheduler scheduler) : TaskScheduler
{
    public override int MaximumConcurrencyLevel => 1;

    protected override void QueueTask(Task task) => scheduler.Schedule((Tasks: this, Task: task), static (_, work) =>
    {
        work.Tasks.Execute(work.Task);
        return Disposable.Empty;
    });

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    // The scheduler keeps them.
    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void Execute(Task task)
    {
        // A test's context would take the awaits of the tasks away from here.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            TryExecuteTask(task);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
