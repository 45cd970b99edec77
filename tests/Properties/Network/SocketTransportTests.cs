using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Rx.Kafka.Network;
using Rx.Kafka.Properties.Network.Scripted;

namespace Rx.Kafka.Properties.Network;

// Carries N3 (a name that does not resolve), N18 (the next address after one that failed). Over real sockets, bounded by the operating system only.
public sealed class SocketTransportTests : IConnectionOwner
{
    [Fact]
    public async Task Bytes_go_both_ways_and_completing_both_ends_closes_the_socket()
    {
        using var listener = Listen(out var endPoint);
        var pipe = await new SocketTransport(-1, -1, 1 << 20).ConnectAsync(endPoint, default);
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
        var pipe = await new SocketTransport(65536, 65536, 1024).ConnectAsync(new DnsEndPoint("localhost", endPoint.Port), default);
        using var server = await listener.AcceptSocketAsync();
        await pipe.Input.CompleteAsync();
        await pipe.Output.CompleteAsync();
    }

    [Fact]
    public void The_next_attempt_begins_behind_the_address_that_failed()
    {
        var rotation = new AddressRotation();
        Assert.Equal(0, rotation.Index("a", 3));
        rotation.Failed("a");
        Assert.Equal([1, 0], [rotation.Index("A", 3), rotation.Index("b", 3)]);
        rotation.Failed("a");
        rotation.Failed("a");
        Assert.Equal(0, rotation.Index("a", 3));
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

    private Task<BrokerConnection> Dial(EndPoint endPoint)
    {
        var connector = new Connector(new SocketTransport(-1, -1, 1 << 20), TimeProvider.System, TaskScheduler.Default, "me", new EventLog(), 1 << 20);
        return connector.ConnectAsync(endPoint, this, TimeSpan.FromSeconds(30), default);
    }
}
