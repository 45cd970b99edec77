using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Rx.Kafka.Properties.Network.Scripted;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>
/// A network with a window of 64 KiB, on which the peer of one connection may read no more: what is written there gets stuck.
/// </summary>
internal sealed class StuckNetwork(ITransport network) : ITransport
{
    private const int ProduceBytes = 1000;

    private int _connections;
    private int _stuck;

    /// <summary>Whether the next connection on which records go is the one.</summary>
    public bool IsStuck { get; set; }

    public async ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var inner = await network.ConnectAsync(endPoint, cancellationToken);
        var pipe = new Pipe(new PipeOptions(
            pauseWriterThreshold: 65536,
            resumeWriterThreshold: 32768,
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            useSynchronizationContext: false));
        _ = PumpAsync(pipe.Reader, inner.Output, ++_connections);
        return new MemoryDuplex(inner.Input, pipe.Writer);
    }

    private async Task PumpAsync(PipeReader from, PipeWriter to, int number)
    {
        while (true)
        {
            var read = await from.ReadAsync();
            if (IsStuck && _stuck == 0 && read.Buffer.Length > ProduceBytes)
            {
                _stuck = number;
            }

            if (number == _stuck)
            {
                return;
            }

            foreach (var part in read.Buffer)
            {
                to.Write(part.Span);
            }

            from.AdvanceTo(read.Buffer.End);
            await to.FlushAsync();
            if (read.IsCompleted)
            {
                await to.CompleteAsync();
                return;
            }
        }
    }
}
