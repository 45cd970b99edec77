namespace Rx.Kafka.Testing.Scheduling;

/// <summary>The producer's seams on an Rx scheduler. Nobody can wait there: the one thread that could end the wait is the one that would wait.</summary>
internal sealed class ScheduledRuntime : ProducerRuntime
{
    public override void Wait(Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (!task.IsCompleted)
        {
            throw new InvalidOperationException(
                "This call would block the thread that moves the scheduler, for ever. Before the first OnNext let the producer learn its topic: call GetPartitionsAsync and advance the scheduler. "
                + "Instead of Dispose use DisposeAsync. Where OnNext is to wait for memory or observers use Simulation, whose callers may block.");
        }
    }
}
