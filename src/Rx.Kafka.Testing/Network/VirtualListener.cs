using System.IO.Pipelines;

namespace Rx.Kafka.Testing.Network;

/// <summary>Who listens at an address of the virtual network.</summary>
internal sealed class VirtualListener(Func<VirtualConnection, IDuplexPipe, Task> serve)
{
    public Func<VirtualConnection, IDuplexPipe, Task> Serve { get; } = serve;

    public ConnectBehaviour Behaviour { get; set; }
}
