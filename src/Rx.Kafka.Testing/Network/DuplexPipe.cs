using System.IO.Pipelines;

namespace Rx.Kafka.Testing.Network;

/// <summary>Two ends of a connection.</summary>
internal sealed class DuplexPipe(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input { get; } = input;

    public PipeWriter Output { get; } = output;
}
