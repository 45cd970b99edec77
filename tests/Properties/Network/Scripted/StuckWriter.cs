using System.IO.Pipelines;

namespace Rx.Kafka.Properties.Network.Scripted;

/// <summary>A writer whose flush ends when the test says so, whatever it is told.</summary>
internal sealed class StuckWriter(PipeWriter inner) : PipeWriter
{
    public TaskCompletionSource<FlushResult> Flush { get; } = new();

    public bool Completed { get; private set; }

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
        Completed = true;
        inner.Complete(exception);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => new(Flush.Task);
}
