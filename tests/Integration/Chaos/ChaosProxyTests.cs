using System.Net;
using System.Net.Sockets;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>The proxy does what a script says; else the producer would be praised for nothing.</summary>
public sealed class ChaosProxyTests : IAsyncLifetime
{
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(20);

    private readonly TcpListener _broker = new(IPAddress.Loopback, 0);
    private ChaosProxy _proxy = null!;
    private Socket _client = null!;
    private Socket _served = null!;

    public async Task InitializeAsync()
    {
        _broker.Start();
        _proxy = new ChaosProxy(((IPEndPoint)_broker.LocalEndpoint).Port);
        _client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await _client.ConnectAsync(IPAddress.Loopback, _proxy.Port);
        _served = await _broker.AcceptSocketAsync();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        _served.Dispose();
        await _proxy.DisposeAsync();
        _broker.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(FaultKind.Delay)]
    [InlineData(FaultKind.Trickle)]
    public async Task What_is_sent_arrives_whole_both_ways(object? weather)
    {
        _proxy.Turn(new((FaultKind?)weather, seed: 1));

        await CarryAsync(_client, _served, 2000);
        await CarryAsync(_served, _client, 2000);
    }

    [Theory]
    [InlineData(FaultKind.BlackHole, false, false)]
    [InlineData(FaultKind.HoldRequests, false, true)]
    [InlineData(FaultKind.HoldAnswers, true, false)]
    public async Task What_is_held_back_arrives_when_it_is_over(object weather, bool requestsPass, bool answersPass)
    {
        _proxy.Turn(new((FaultKind)weather));

        var request = CarryAsync(_client, _served, 100);
        var answer = CarryAsync(_served, _client, 100);
        await Task.WhenAll(requestsPass ? request : Task.CompletedTask, answersPass ? answer : Task.CompletedTask);

        Assert.Equal(requestsPass, request.IsCompleted);
        Assert.Equal(answersPass, answer.IsCompleted);
        _proxy.Turn(new());
        await request;
        await answer;
    }

    [Fact]
    public async Task A_client_that_gave_up_has_sent_its_request_all_the_same()
    {
        _proxy.Turn(new(FaultKind.HoldRequests));
        await _client.SendAsync(new byte[100]);
        _client.Dispose();
        _proxy.Turn(new());

        Assert.Equal(100, await ReceiveToEndAsync(_served));
    }

    [Fact]
    public async Task A_torn_connection_passes_a_part()
    {
        const int size = 1000;
        _proxy.Turn(new(FaultKind.Tear, seed: 1));
        var received = size;
        for (var message = new byte[size]; received == size;)
        {
            await _client.SendAsync(message);
            received = await ReceiveAsync(_served, message);
        }

        Assert.InRange(received, 1, size - 1);
        Assert.Equal(0, await ReceiveToEndAsync(_client));
    }

    [Fact]
    public async Task A_cut_is_felt_on_both_sides()
    {
        await CarryAsync(_client, _served, 10);
        _proxy.Cut();

        Assert.Equal(0, await ReceiveToEndAsync(_client));
        Assert.Equal(0, await ReceiveToEndAsync(_served));
        Assert.Equal(1, _proxy.Cuts);
    }

    [Fact]
    public async Task Whoever_comes_while_the_broker_is_down_is_sent_away()
    {
        _broker.Stop();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, _proxy.Port);

        Assert.Equal(0, await ReceiveToEndAsync(client));
    }

    private static async Task CarryAsync(Socket from, Socket to, int bytes)
    {
        var sent = Enumerable.Range(0, bytes).Select(static i => (byte)i).ToArray();
        await from.SendAsync(sent);
        var received = new byte[bytes];
        Assert.Equal(bytes, await ReceiveAsync(to, received));
        Assert.Equal(sent, received);
    }

    /// <summary>Fills the buffer, or as much of it as comes.</summary>
    private static async Task<int> ReceiveAsync(Socket socket, Memory<byte> buffer)
    {
        var received = 0;
        while (received < buffer.Length && await ReceiveSomeAsync(socket, buffer[received..]) is var more and > 0)
        {
            received += more;
        }

        return received;
    }

    private static async Task<int> ReceiveToEndAsync(Socket socket)
    {
        var received = 0;
        for (var buffer = new byte[1000]; await ReceiveSomeAsync(socket, buffer) is var more and > 0;)
        {
            received += more;
        }

        return received;
    }

    /// <returns>0 at the end, also when it comes by a reset.</returns>
    private static async Task<int> ReceiveSomeAsync(Socket socket, Memory<byte> buffer)
    {
        try
        {
            return await socket.ReceiveAsync(buffer).AsTask().WaitAsync(Late);
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
