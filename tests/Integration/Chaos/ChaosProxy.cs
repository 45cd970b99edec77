using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>A loopback port in front of one broker, through which bytes go as the weather lets them.</summary>
internal sealed class ChaosProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<ProxiedConnection, bool> _connections = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly IPEndPoint _broker;
    private readonly Task _accepting;
    private Weather _weather = new();
    private int _cuts;
    private int _tears;

    public ChaosProxy(int brokerPort)
    {
        _broker = new(IPAddress.Loopback, brokerPort);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public int BrokerPort => _broker.Port;

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Connections cut by <see cref="Cut"/>.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Connections that ended in the midst of what was on its way.</summary>
    public int Tears => Volatile.Read(ref _tears);

    /// <summary>What happens to bytes from now on.</summary>
    public void Turn(Weather weather) => Interlocked.Exchange(ref _weather, weather).End();

    /// <summary>Cuts every connection there is now.</summary>
    public void Cut()
    {
        foreach (var connection in _connections.Keys)
        {
            Interlocked.Increment(ref _cuts);
            connection.Cut();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Turn(new());
        await _ended.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptAsync(_ended.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var broker = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        try
        {
            await broker.ConnectAsync(_broker, _ended.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // A broker that is down: whoever came is sent away.
            broker.Dispose();
            client.Dispose();
            return;
        }

        var connection = new ProxiedConnection(client, broker, () => Volatile.Read(ref _weather));
        _connections.TryAdd(connection, true);
        await using (_ended.Token.Register(connection.Cut))
        {
            await connection.RunAsync();
        }

        _connections.TryRemove(connection, out _);
        if (connection.IsTorn)
        {
            Interlocked.Increment(ref _tears);
        }
    }
}
