namespace Rx.Kafka.Properties.Network.Scripted;

/// <summary>Runs tasks only when pumped, on the pumping thread, in random order if it is given chance.</summary>
internal sealed class PumpedScheduler(Random? chance = null) : TaskScheduler
{
    private readonly Lock _gate = new();
    private readonly List<Task> _tasks = [];

    /// <summary>Runs one task. False = there is none.</summary>
    public bool RunOne()
    {
        Task task;
        lock (_gate)
        {
            if (_tasks.Count == 0)
            {
                return false;
            }

            var place = chance?.Next(_tasks.Count) ?? 0;
            task = _tasks[place];
            _tasks.RemoveAt(place);
        }

        // xunit puts a context on its threads; an await would prefer it to this scheduler.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        TryExecuteTask(task);
        SynchronizationContext.SetSynchronizationContext(context);
        return true;
    }

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            _tasks.Add(task);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task>? GetScheduledTasks() => null;
}
