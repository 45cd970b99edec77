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
