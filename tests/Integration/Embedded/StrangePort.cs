using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rx.Kafka.Integration.Embedded;

/// <summary>A loopback port that is no Kafka listener: does the same to everybody who connects.</summary>
internal sealed class StrangePort : IAsyncDisposable
{
    private static readonly Socket Held = Bound();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _serving;

    public StrangePort(Func<NetworkStream, CancellationToken, Task> serve)
    {
        _listener.Start();
        _serving = Task.Run(() => AcceptAsync(serve));
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>An address at which nobody listens, and nobody can: its socket is bound as long as the process lives.</summary>
    public static string Closed => Held.LocalEndPoint!.ToString()!;

    /// <summary>A port of loopback that nobody used a moment ago.</summary>
    public static string FreePort()
    {
        using var socket = Bound();
        return ((IPEndPoint)socket.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Dispose();
        await _serving;
        _ended.Dispose();
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private async Task AcceptAsync(Func<NetworkStream, CancellationToken, Task> serve)
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_ended.Token), serve));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or SocketException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client, Func<NetworkStream, CancellationToken, Task> serve)
    {
        using (client)
        {
            try
            {
                await serve(client.GetStream(), _ended.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
            {
                // It hung up, or we do.
            }
        }
    }
}
