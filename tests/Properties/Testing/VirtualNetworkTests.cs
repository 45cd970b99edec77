using System.Net;
using System.Net.Sockets;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Testing;

public class VirtualNetworkTests
{
    private static readonly DnsEndPoint Echo = new("echo", 7);

    [Fact]
    public void Torn_delayed_and_slowly_read_bytes_arrive_whole_and_in_order() => Law.Seeds("bytes arrive in order", seed =>
    {
        using var simulation = new Simulation(seed);
        var random = new Random(seed);
        simulation.Network.Latency = TimeSpan.FromMilliseconds(random.Next(3));
        simulation.Network.MaximumChunkBytes = random.Next(2) * 1000;
        StartEcho(simulation);
        var sent = new byte[random.Next(700_000)];
        random.NextBytes(sent);
        var received = simulation.Run(async () =>
        {
            var pipe = await simulation.Transport.ConnectAsync(Echo, CancellationToken.None);
            var writing = Write();
            var all = new MemoryStream();
            while (true)
            {
                var read = await pipe.Input.ReadAsync();
                foreach (var segment in read.Buffer)
                {
                    all.Write(segment.Span);
                }

                pipe.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }

            await writing;
            return all.ToArray();

            async Task Write()
            {
                for (var at = 0; at < sent.Length; at += 10_000)
                {
                    await pipe.Output.WriteAsync(sent.AsMemory(at, Math.Min(10_000, sent.Length - at)));
                }

                await pipe.Output.CompleteAsync();
            }
        });
        Assert.Equal(sent, received);
    }, 30);

    [Fact]
    public void A_cut_is_seen_by_both_ends()
    {
        using var simulation = new Simulation(1);
        var serverEnd = new TaskCompletionSource<Exception>();
        simulation.Network.Listen("server", 1, async (_, pipe) => serverEnd.SetResult(await Assert.ThrowsAnyAsync<IOException>(async () => await pipe.Input.ReadAsync())));
        simulation.Run(async () =>
        {
            var pipe = await simulation.Transport.ConnectAsync(new DnsEndPoint("server", 1), CancellationToken.None);
            Assert.Single(simulation.Network.Connections).Cut();
            await Assert.ThrowsAnyAsync<IOException>(async () => await pipe.Input.ReadAsync());
            await Assert.ThrowsAnyAsync<IOException>(async () => await pipe.Output.WriteAsync(new byte[1]));
            await serverEnd.Task;
        });
        Assert.Empty(simulation.Network.Connections);
    }

    [Fact]
    public void Half_open_means_that_nobody_is_told()
    {
        using var simulation = new Simulation(1);
        StartEcho(simulation);
        simulation.Run(async () =>
        {
            var pipe = await simulation.Transport.ConnectAsync(Echo, CancellationToken.None);
            var connection = Assert.Single(simulation.Network.Connections);
            connection.Swallow();
            await pipe.Output.WriteAsync(new byte[100]);
            var read = pipe.Input.ReadAsync().AsTask();
            await Task.Delay(TimeSpan.FromHours(1), simulation.Time);
            Assert.False(read.IsCompleted);
            Assert.Equal(0, connection.BytesToServer);
            connection.Cut();
            await Assert.ThrowsAnyAsync<IOException>(() => read);
        });
    }

    [Fact]
    public void Connects_are_refused_or_hang_as_told()
    {
        using var simulation = new Simulation(1);
        StartEcho(simulation);
        simulation.Run(async () =>
        {
            await Assert.ThrowsAsync<SocketException>(async () => await simulation.Transport.ConnectAsync(new DnsEndPoint("nobody", 7), CancellationToken.None));
            simulation.Network.OnConnect("echo", 7, ConnectBehaviour.Refuse);
            await Assert.ThrowsAsync<SocketException>(async () => await simulation.Transport.ConnectAsync(Echo, CancellationToken.None));
            simulation.Network.OnConnect("echo", 7, ConnectBehaviour.Hang);
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5), simulation.Time);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await simulation.Transport.ConnectAsync(Echo, timeout.Token));
            Assert.Equal(TimeSpan.FromSeconds(5), simulation.Time.Elapsed);
            simulation.Network.OnConnect("echo", 7, ConnectBehaviour.Accept);
            await simulation.Transport.ConnectAsync(Echo, CancellationToken.None);
        });
        Assert.Equal((1, 2), (simulation.Network.ConnectionsOpened, simulation.Network.ConnectionsRefused));
    }

    private static void StartEcho(Simulation simulation) => simulation.Network.Listen("echo", 7, async (_, pipe) =>
    {
        while (true)
        {
            var read = await pipe.Input.ReadAsync();
            foreach (var segment in read.Buffer)
            {
                await pipe.Output.WriteAsync(segment);
            }

            pipe.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        await pipe.Output.CompleteAsync();
        await pipe.Input.CompleteAsync();
    });
}
