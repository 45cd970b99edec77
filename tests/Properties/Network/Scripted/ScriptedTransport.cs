using System.IO.Pipelines;
using System.Net;

namespace Rx.Kafka.Properties.Network.Scripted;

/// <summary>A network in memory whose far ends the test works by hand.</summary>
internal sealed class ScriptedTransport(World world) : ITransport
{
    /// <summary>The far ends, in the order they were opened.</summary>
    public List<Peer> Peers { get; } = [];

    /// <summary>Where connections were asked for.</summary>
    public List<EndPoint> Asked { get; } = [];

    /// <summary>Replaces what an attempt does; null = connects at once.</summary>
    public Func<EndPoint, CancellationToken, ValueTask<IDuplexPipe>>? Attempt { get; set; }

    public ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        Assert.Same(world.Tasks, TaskScheduler.Current);
        Asked.Add(endPoint);
        return Attempt is null ? new ValueTask<IDuplexPipe>(Open()) : Attempt(endPoint, cancellationToken);
    }

    /// <summary>Opens a connection.</summary>
    public IDuplexPipe Open()
    {
        var (client, server) = MemoryDuplex.Pair();
        Peers.Add(new Peer(server, world));
        return client;
    }
}
