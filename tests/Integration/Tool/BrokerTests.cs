using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Rx.Kafka.Integration.Embedded;
using Rx.Kafka.Tool;

namespace Rx.Kafka.Integration.Tool;

public sealed class BrokerTests
{
    [Fact]
    public async Task Brokers_serve_a_client_until_they_are_stopped_and_tell_what_came()
    {
        using var stop = new CancellationTokenSource();
        var port = StrangePort.FreePort();
        var running = ToolRun.RunAsync(["broker", "--port", port, "--topic", "orders:3"], () => Stream.Null, stop.Token);
        await using (var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = [$"127.0.0.1:{port}"], ClientId = "shop" }))
        {
            using var results = await producer.SendAllAsync(Enumerable.Range(0, 10).Select(static i => new Record("orders", $"key-{i}", "value")));
            Assert.Empty(results.Failures);
            Assert.Equal(3, (await producer.GetPartitionsAsync("orders")).Count);
        }

        await stop.CancelAsync();
        var run = await running;

        Assert.Equal((ExitCodes.Success, ""), (run.ExitCode, run.Errors));
        Assert.StartsWith($"bootstrap.servers=127.0.0.1:{port}\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("client 'shop' is here", run.Output, StringComparison.Ordinal);
        Assert.Contains("10 records in ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Brokers_of_another_program_end_with_its_pipe_and_not_by_a_signal()
    {
        using var stop = new CancellationTokenSource();
        var input = new Pipe();
        var port = StrangePort.FreePort();
        await stop.CancelAsync();
        var running = ToolRun.RunAsync(
            ["broker", "--port", port, "--topic", "t", "--retention-bytes", "0", "--until-input-ends"], () => input.Reader.AsStream(), stop.Token);
        await using (var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = [$"127.0.0.1:{port}"] }))
        {
            await producer.SendAsync(new Record("t", "key", "value"));
        }

        Assert.False(running.IsCompleted);
        await input.Writer.CompleteAsync();
        var run = await running;

        Assert.Equal((ExitCodes.Success, ""), (run.ExitCode, run.Errors));
        Assert.Contains("1 records in 1 batches came in all.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var run = await ToolRun.RunAsync(["broker", "--port", port]);

        Assert.Equal((ExitCodes.Usage, ""), (run.ExitCode, run.Output));
        Assert.Contains($"cannot listen on port {port}", run.Errors, StringComparison.Ordinal);
    }
}
