using System.IO.Pipelines;
using System.Net.Sockets;
using Rx.Kafka.Testing;
using Rx.Kafka.Testing.Brokers;

namespace Rx.Kafka.Properties.Testing;

/// <summary>Connections that a broker has accepted, but serves only after somebody has stopped it.</summary>
public sealed class LateSessionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_was_accepted_before_a_stop_is_cut_after_it(bool isBack)
    {
        var cluster = new Cluster(1, new EmbeddedKafkaOptions(), TimeProvider.System, new Random(1));
        var broker = cluster.Broker(1);
        var stops = broker.Stops;
        broker.State = BrokerState.Stopped;
        broker.State = isBack ? BrokerState.Up : BrokerState.Stopped;
        var resets = 0;
        using var session = new Session(cluster, broker, stops, new Ends(new Pipe().Reader, new Pipe().Writer), () => resets++);

        await session.RunAsync().WaitAsync(Patience);

        Assert.Equal((1, 0), (resets, broker.Sessions().Length));
    }

    [Fact]
    public async Task Brokers_end_while_clients_are_still_coming()
    {
        for (var round = 0; round < 20; round++)
        {
            var kafka = await EmbeddedKafka.StartAsync();
            var clients = Enumerable.Range(0, 20).Select(_ => TryConnectAsync(kafka.BootstrapServers[0])).ToArray();
            await clients[0];

            await kafka.DisposeAsync().AsTask().WaitAsync(Patience);

            foreach (var client in await Task.WhenAll(clients))
            {
                await (client?.CloseAsync() ?? Task.CompletedTask);
            }

            Assert.Equal(0, kafka.Counters.ConnectionsOpen);
        }
    }

    private static async Task<RawClient?> TryConnectAsync(string address)
    {
        try
        {
            return await RawClient.ConnectAsync(new LoopbackTransport(), address);
        }
        catch (SocketException)
        {
            return null; // it came too late
        }
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
