using System.IO.Pipelines;
using Rx.Kafka.Testing.Network;

namespace Rx.Kafka.Testing;

/// <summary>One connection of a <see cref="VirtualNetwork"/>.</summary>
public sealed class VirtualConnection
{
    private readonly VirtualWire _wire;
    private readonly VirtualLink _toServer;
    private readonly VirtualLink _toClient;

    internal VirtualConnection(VirtualWire wire, int number, string address)
    {
        _wire = wire;
        Number = number;
        Address = address;
        _toServer = new VirtualLink(wire);
        _toClient = new VirtualLink(wire);
        Client = new DuplexPipe(_toClient.Output, _toServer.Input);
        Server = new DuplexPipe(_toServer.Output, _toClient.Input);
    }

    /// <summary>The connection's number, from 1, in order of opening.</summary>
    public int Number { get; }

    /// <summary>Where it leads: host:port.</summary>
    public string Address { get; }

    /// <summary>Whether it is open, seen from the network.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>Bytes that arrived at the server.</summary>
    public long BytesToServer => _toServer.Delivered;

    /// <summary>Bytes that arrived at the client.</summary>
    public long BytesToClient => _toClient.Delivered;

    internal IDuplexPipe Client { get; }

    internal IDuplexPipe Server { get; }

    /// <summary>Resets the connection: both ends see an error, bytes on their way are lost.</summary>
    public void Cut()
    {
        _toServer.Cut();
        _toClient.Cut();
    }

    /// <summary>Makes the connection half-open: from now on bytes vanish both ways and nobody is told.</summary>
    public void Swallow()
    {
        SwallowToServer();
        SwallowToClient();
    }

    /// <summary>From now on bytes to the server vanish and nobody is told.</summary>
    public void SwallowToServer() => _toServer.Swallow = true;

    /// <summary>From now on bytes to the client vanish and nobody is told.</summary>
    public void SwallowToClient() => _toClient.Swallow = true;

    internal void Start() => _ = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _wire.Scheduler);

    private async Task RunAsync()
    {
        await Task.WhenAll(_toServer.RunAsync(), _toClient.RunAsync());
        IsOpen = false;
        _wire.Network.Closed(this);
    }
}
