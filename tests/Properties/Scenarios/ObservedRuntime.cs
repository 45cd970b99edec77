using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>A simulation's runtime that counts which timers of the producer are armed.</summary>
internal sealed class ObservedRuntime : ProducerRuntime
{
    private readonly ProducerRuntime _inner;
    private readonly CountedTimers _timers;

    public ObservedRuntime(Simulation simulation)
    {
        _inner = simulation.Runtime;
        Time = _timers = new CountedTimers(simulation.Time);
        TaskScheduler = simulation.Scheduler;
        Random = simulation.Random;
        ObserverThrew = _inner.ObserverThrew;
    }

    public int ArmedTimers => _timers.Armed;

    public override void Wait(Task task) => _inner.Wait(task);
}
