using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Rx.Kafka.Testing.Network;

namespace Rx.Kafka.Testing;

/// <summary>A network inside a <see cref="Simulation"/>: connections made of memory, with a latency, torn reads, cuts, half-open connections and refused connects.</summary>
/// <remarks>Names are not resolved: a connect finds the listener of the same host and port. What changes takes effect as a step of the simulation, never inside the caller.</remarks>
public sealed class VirtualNetwork : ITransport
{
    private readonly TimeProvider _time;
    private readonly TaskScheduler _scheduler;
    private readonly Action _touch;
    private readonly Dictionary<string, VirtualListener> _listeners = new(StringComparer.Ordinal);
    private readonly List<VirtualConnection> _open = [];

    internal VirtualNetwork(TimeProvider time, TaskScheduler scheduler, Random random, Action touch, Action<long> trace)
    {
        _time = time;
        _scheduler = scheduler;
        _touch = touch;
        Wire = new VirtualWire(this, time, scheduler, random, trace);
    }

    /// <summary>How long each byte travels, one way; also the time of a connect. Default: 0.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>If not 0, what arrives is torn into pieces of 1 to this many bytes. Default: 0.</summary>
    public int MaximumChunkBytes { get; set; }

    /// <summary>How many connections were opened.</summary>
    public int ConnectionsOpened { get; private set; }

    /// <summary>How many connects were refused.</summary>
    public int ConnectionsRefused { get; private set; }

    /// <summary>The connections that are open now, oldest first.</summary>
    public IReadOnlyList<VirtualConnection> Connections => [.. _open];

    internal VirtualWire Wire { get; }

    /// <summary>Listens at an address: each connection is given to <paramref name="serve"/>, which runs on the simulation's scheduler until it has completed both ends.</summary>
    /// <param name="host">The host's name.</param>
    /// <param name="port">The port.</param>
    /// <param name="serve">Serves one connection: the server's two ends of it.</param>
    public void Listen(string host, int port, Func<VirtualConnection, IDuplexPipe, Task> serve)
    {
        ArgumentNullException.ThrowIfNull(serve);
        _listeners[Address(host, port)] = new VirtualListener(serve);
    }

    /// <summary>Stops listening at an address; open connections stay.</summary>
    /// <param name="host">The host's name.</param>
    /// <param name="port">The port.</param>
    public void StopListening(string host, int port) => _listeners.Remove(Address(host, port));

    /// <summary>Chooses what happens to connects to an address from now on. Connections that are open stay as they are.</summary>
    /// <param name="host">The host's name.</param>
    /// <param name="port">The port.</param>
    /// <param name="behaviour">What happens.</param>
    public void OnConnect(string host, int port, ConnectBehaviour behaviour)
    {
        if (!_listeners.TryGetValue(Address(host, port), out var listener))
        {
            throw new ArgumentException($"Nothing listens at {host}:{port} in this simulation; start a broker or call Listen first.", nameof(host));
        }

        listener.Behaviour = behaviour;
    }

    /// <summary>Cuts every open connection to an address; bytes on their way are lost.</summary>
    /// <param name="host">The host's name.</param>
    /// <param name="port">The port.</param>
    public void Cut(string host, int port)
    {
        var address = Address(host, port);
        foreach (var connection in Connections)
        {
            if (string.Equals(connection.Address, address, StringComparison.Ordinal))
            {
                connection.Cut();
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="SocketException">Nothing listens there, or the address refuses.</exception>
    public async ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        _touch();
        var address = Address(endPoint);
        if (Latency > TimeSpan.Zero)
        {
            await Task.Delay(Latency, _time, cancellationToken);
        }

        var listener = _listeners.GetValueOrDefault(address);
        if (listener?.Behaviour == ConnectBehaviour.Hang)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
        }

        if (listener is null || listener.Behaviour == ConnectBehaviour.Refuse)
        {
            ConnectionsRefused++;
            throw new SocketException((int)SocketError.ConnectionRefused);
        }

        cancellationToken.ThrowIfCancellationRequested();
        var connection = new VirtualConnection(Wire, ++ConnectionsOpened, address);
        _open.Add(connection);
        connection.Start();
        if (listener.Behaviour == ConnectBehaviour.Swallow)
        {
            connection.Swallow();
        }

        _ = Task.Factory.StartNew(() => listener.Serve(connection, connection.Server), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);
        return connection.Client;
    }

    internal void Closed(VirtualConnection connection) => _open.Remove(connection);

    private static string Address(string host, int port) => string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");

    private static string Address(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint name => Address(name.Host, name.Port),
        IPEndPoint ip => Address(ip.Address.ToString(), ip.Port),
        _ => throw new ArgumentException($"An address of type {endPoint?.GetType().Name ?? "null"} is not known here; use DnsEndPoint or IPEndPoint.", nameof(endPoint)),
    };
}
