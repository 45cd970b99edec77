using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Testing;

public class EmbeddedKafkaTests
{
    [Fact]
    public async Task Brokers_on_sockets_take_batches_over_several_connections_and_end_cleanly()
    {
        var kafka = await EmbeddedKafka.StartAsync(brokers: 3);
        await using (kafka)
        {
            kafka.CreateTopic("t", 6);
            await Task.WhenAll(Enumerable.Range(0, 6).Select(async p =>
            {
                var client = await RawClient.ConnectAsync(new LoopbackTransport(), kafka.BootstrapServers[kafka.Leader("t", p) - 1]);
                for (var i = 0; i < 20; i++)
                {
                    var answer = await client.ProduceAsync(7, -1, "t", p, RawBatch.Make(10, valueBytes: 5000));
                    Assert.Equal(i * 10, answer!.BaseOffset);
                }

                await client.CloseAsync();
            }));
            Assert.Equal(1200, kafka.ReadLog("t").Count);
            Assert.Equal(1200, kafka.Counters.Records);
            Assert.Equal(6, kafka.Counters.ConnectionsOpened);
        }
    }

    [Fact]
    public async Task A_stopped_broker_refuses_and_a_restarted_one_listens_where_it_did()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t");
        var address = kafka.BootstrapServers[0];
        var client = await RawClient.ConnectAsync(new LoopbackTransport(), address);
        kafka.Stop(1);
        await Assert.ThrowsAnyAsync<SocketException>(() => RawClient.ConnectAsync(new LoopbackTransport(), address));
        kafka.Restart(1);
        client = await RawClient.ConnectAsync(new LoopbackTransport(), address);
        Assert.Equal(0, (await client.ProduceAsync(3, 1, "t", 0, RawBatch.Make()))!.Error);
        await client.CloseAsync();
    }

    [Fact]
    public async Task A_restart_whose_port_is_taken_throws_and_may_be_tried_again()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var address = kafka.BootstrapServers[0];
        kafka.Stop(1);
        using (var other = new TcpListener(IPEndPoint.Parse(address)))
        {
            other.Start();
            Assert.Throws<SocketException>(() => kafka.Restart(1));
        }

        kafka.Restart(1);
        await (await RawClient.ConnectAsync(new LoopbackTransport(), address)).CloseAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_new_partition_is_led_by_a_stopped_broker_unless_nobody_knows_of_the_stop(bool elect)
    {
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 3);
        kafka.Stop(1, elect);
        kafka.CreateTopic("t", 2);
        kafka.AddPartitions("t", 4);
        Assert.Equal(elect ? [2, 3] : [1, 2, 3], Enumerable.Range(0, 6).Select(partition => kafka.Leader("t", partition)).Distinct().Order());
    }

    [Fact]
    public async Task What_a_look_at_requests_throws_is_told_at_the_end_however_many_connections_came_later()
    {
        var kafka = await EmbeddedKafka.StartAsync();
        kafka.RequestReceived = static _ => throw new InvalidOperationException("The test's own.");
        var client = await RawClient.ConnectAsync(new LoopbackTransport(), kafka.BootstrapServers[0]);
        await client.SendProduceAsync(9, -1, ("t", 0, RawBatch.Make()));
        Assert.Null(await client.ReceiveAsync());
        for (var i = 0; i < 5; i++)
        {
            await (await RawClient.ConnectAsync(new LoopbackTransport(), kafka.BootstrapServers[0])).CloseAsync();
        }

        Assert.Equal("The test's own.", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await kafka.DisposeAsync())).Message);
    }

    [Fact]
    public async Task Brokers_end_at_once_and_once_also_while_a_request_is_to_be_served_late()
    {
        var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t");
        kafka.Faults.On(ApiKey.Produce).ServeAfterCut(TimeSpan.FromHours(1));
        var client = await RawClient.ConnectAsync(new LoopbackTransport(), kafka.BootstrapServers[0]);
        await client.SendProduceAsync(9, -1, ("t", 0, RawBatch.Make()));
        await Assert.ThrowsAnyAsync<IOException>(client.ReceiveAsync);
        await kafka.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));
        await kafka.DisposeAsync();
        Assert.Equal(0, kafka.NextOffset("t", 0));
    }
}

internal sealed class LoopbackTransport : ITransport
{
    public async ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint, cancellationToken);
        var stream = new NetworkStream(socket, ownsSocket: true);
        return new Ends(PipeReader.Create(stream), PipeWriter.Create(stream));
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
