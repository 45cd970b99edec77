using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Rx.Kafka.Network;
using Rx.Kafka.Properties.Network.Scripted;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Network;

// Carries N3 (a name that does not resolve), N18 (the next address after one that failed). Over real sockets, bounded by the operating system only.
public sealed class SocketTransportTests : IConnectionOwner
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Bytes_go_both_ways_and_completing_both_ends_closes_the_socket()
    {
        using var listener = Listen(out var endPoint);
        var pipe = await NewTransport().ConnectAsync(endPoint, default);
        using var server = await listener.AcceptSocketAsync();
        pipe.Output.Write("ping"u8);
        await pipe.Output.FlushAsync();
        var buffer = new byte[16];
        Assert.Equal(4, await server.ReceiveAsync(buffer));
        await server.SendAsync("pong!"u8.ToArray());
        var read = await pipe.Input.ReadAtLeastAsync(5);
        Assert.Equal("pong!"u8.ToArray(), read.Buffer.ToArray());
        pipe.Input.AdvanceTo(read.Buffer.End);

        // One end alone leaves the other usable.
        await pipe.Input.CompleteAsync();
        pipe.Output.Write("bye"u8);
        await pipe.Output.FlushAsync();
        Assert.Equal(3, await server.ReceiveAsync(buffer));
        await pipe.Output.CompleteAsync();
        Assert.Equal(0, await server.ReceiveAsync(buffer));
    }

    [Fact]
    public async Task A_name_is_resolved_and_its_addresses_are_tried_in_turn()
    {
        // localhost may be ::1 and 127.0.0.1; only the latter listens.
        using var listener = Listen(out var endPoint);
        var pipe = await NewTransport(new KafkaProducerOptions { SendBufferBytes = 65536, ReceiveBufferBytes = 65536, MaxRequestSize = 1024 }).ConnectAsync(new DnsEndPoint("localhost", endPoint.Port), default);
        using var server = await listener.AcceptSocketAsync();
        await pipe.Input.CompleteAsync();
        await pipe.Output.CompleteAsync();
    }

    // IPv6 that leads nowhere: nothing refuses, packets are dropped. A listener whose queue is full does the same.
    [LinuxFact]
    public async Task A_silent_address_leaves_time_for_the_next_one()
    {
        using var listener = Listen(out var endPoint);
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var silent = new IPEndPoint(IPAddress.Parse("127.0.0.2"), endPoint.Port);
        full.Bind(silent);
        full.Listen(backlog: 1);
        using Socket first = new(SocketType.Stream, ProtocolType.Tcp), second = new(SocketType.Stream, ProtocolType.Tcp);
        await Task.WhenAll(first.ConnectAsync(silent), second.ConnectAsync(silent));

        // Two attempts side by side must not take turns with the addresses. A later one begins after the silent one.
        var time = new VirtualTime();
        var transport = new SocketTransport(new KafkaProducerOptions(), time) { Resolve = (_, _) => Task.FromResult<IPAddress[]>([silent.Address, endPoint.Address]) };
        var connecting = Task.WhenAll(Connect(), Connect());
        time.Advance(TimeSpan.FromSeconds(4));
        foreach (var pipe in (IDuplexPipe[])[.. await connecting.WaitAsync(Patience), await Connect().WaitAsync(Patience)])
        {
            using var server = await listener.AcceptSocketAsync();
            await pipe.Input.CompleteAsync();
            await pipe.Output.CompleteAsync();
        }

        Task<IDuplexPipe> Connect() => transport.ConnectAsync(new DnsEndPoint("both", endPoint.Port), default).AsTask();
    }

    [Fact]
    public async Task Where_nothing_listens_the_error_says_so()
    {
        Listen(out var endPoint).Dispose();
        var error = await Assert.ThrowsAsync<KafkaException>(() => Dial(endPoint));
        Assert.Contains($"Nothing listens on 127.0.0.1:{endPoint.Port}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_named()
    {
        var error = await Assert.ThrowsAsync<KafkaException>(() => Dial(new DnsEndPoint("no-such-host.invalid", 9092)));
        Assert.Contains("host name of no-such-host.invalid:9092 cannot be resolved", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_that_drops_the_connection_may_want_TLS()
    {
        using var listener = Listen(out var endPoint);
        var dialing = Dial(endPoint);
        for (var version = 0; version < 3; version++)
        {
            using var server = await listener.AcceptSocketAsync();
            await server.ReceiveAsync(new byte[1]);
            server.LingerState = new LingerOption(enable: true, 0); // answers with a reset
        }

        var error = await Assert.ThrowsAnyAsync<KafkaException>(() => dialing);
        Assert.Contains("may want TLS", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closing_a_connection_ends_its_pending_read()
    {
        using var listener = Listen(out var endPoint);
        var dialing = Dial(endPoint);
        using var server = await listener.AcceptSocketAsync();
        var request = new byte[4096];
        await server.ReceiveAsync(request);
        await server.SendAsync(Wire.Frame(Wire.ReadI32(request.AsSpan(8)), Dialing.VersionsBody(4, 0, (0, 0, 9), (3, 0, 9))));
        var connection = await dialing;
        connection.Close(new KafkaException("enough"));
        await connection.Ended;
        Assert.Equal(0, await server.ReceiveAsync(request));
    }

    void IConnectionOwner.Flushed(BrokerConnection connection)
    {
    }

    void IConnectionOwner.Closed(BrokerConnection connection, Exception cause)
    {
    }

    private static TcpListener Listen(out IPEndPoint endPoint)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        endPoint = (IPEndPoint)listener.LocalEndpoint;
        return listener;
    }

    private static SocketTransport NewTransport(KafkaProducerOptions? options = null) => new(options ?? new KafkaProducerOptions(), TimeProvider.System);

    private Task<BrokerConnection> Dial(EndPoint endPoint)
    {
        var connector = new Connector(NewTransport(), TimeProvider.System, TaskScheduler.Default, "me", new EventLog(), 1 << 20);
        return connector.ConnectAsync(endPoint, this, TimeSpan.FromSeconds(30), default);
    }
}

/// <summary>Only Linux has all of 127.0.0.0/8, and drops what a full queue does not take.</summary>
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "needs Linux";
}
