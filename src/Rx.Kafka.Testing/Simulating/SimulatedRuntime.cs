namespace Rx.Kafka.Testing.Simulating;

/// <summary>The producer's seams inside a simulation.</summary>
internal sealed class SimulatedRuntime(Pump pump) : ProducerRuntime
{
    public override void Wait(Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        pump.Wait(task);
    }
}
