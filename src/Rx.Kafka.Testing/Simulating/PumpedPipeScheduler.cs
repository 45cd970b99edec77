using System.IO.Pipelines;

namespace Rx.Kafka.Testing.Simulating;

/// <summary>Continues whoever waits for a pipe as a step of its own: inline, the peer's code would run inside the caller's send, which no socket does.</summary>
internal sealed class PumpedPipeScheduler(TaskScheduler scheduler) : PipeScheduler
{
    public override void Schedule(Action<object?> action, object? state) =>
        _ = Task.Factory.StartNew(action, state, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
}
