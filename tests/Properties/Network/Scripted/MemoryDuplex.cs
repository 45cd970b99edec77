using System.IO.Pipelines;

namespace Rx.Kafka.Properties.Network.Scripted;

/// <summary>One end of a connection in memory.</summary>
internal sealed class MemoryDuplex(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input { get; } = input;

    public PipeWriter Output { get; } = output;

    /// <summary>Both ends of a connection.</summary>
    /// <param name="segmentBytes">How large the pieces are in which bytes lie there.</param>
    /// <param name="pauseAt">How many bytes the client may have on the way before its flush waits.</param>
    public static (MemoryDuplex Client, MemoryDuplex Server) Pair(int segmentBytes = 4096, long pauseAt = 1 << 20)
    {
        var up = new Pipe(Options(segmentBytes, pauseAt));
        var down = new Pipe(Options(segmentBytes, long.MaxValue / 2));
        return (new MemoryDuplex(down.Reader, up.Writer), new MemoryDuplex(up.Reader, down.Writer));
    }

    private static PipeOptions Options(int segmentBytes, long pauseAt) =>
        new(null, PipeScheduler.Inline, PipeScheduler.Inline, pauseAt, Math.Max(1, pauseAt / 2), segmentBytes, useSynchronizationContext: false);
}
