using System.IO.Pipelines;
using Rx.Kafka.Testing.Simulating;

namespace Rx.Kafka.Testing.Network;

/// <summary>What all links of a virtual network share.</summary>
internal sealed class VirtualWire(VirtualNetwork network, TimeProvider time, TaskScheduler scheduler, Random random, Action<long> trace)
{
    // As much as two socket buffers hold: a writer feels a slow reader, but not at once.
    private const int BufferBytes = 256 * 1024;

    private readonly PumpedPipeScheduler _pipes = new(scheduler);

    public VirtualNetwork Network { get; } = network;

    public TimeProvider Time { get; } = time;

    public TaskScheduler Scheduler { get; } = scheduler;

    public Random Random { get; } = random;

    public Action<long> Trace { get; } = trace;

    public Pipe NewPipe() => new(new PipeOptions(
        readerScheduler: _pipes, writerScheduler: _pipes, pauseWriterThreshold: BufferBytes, resumeWriterThreshold: BufferBytes / 2, useSynchronizationContext: false));
}
