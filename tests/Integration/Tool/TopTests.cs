using System.Globalization;
using Rx.Kafka.Testing;
using Rx.Kafka.Tool;
using Rx.Kafka.Tool.Top;
using Spectre.Console.Testing;

namespace Rx.Kafka.Integration.Tool;

/// <summary>
/// What a session on the diagnostics port sees of this process. Alone: while one is open, the runtime keeps published instruments in a
/// dictionary without a lock, so hosts of other tests, which make and dispose meters on several threads, can break it.
/// </summary>
[Collection(Alone.Name)]
public sealed class TopTests
{
    private static readonly Dictionary<double, double> Quantiles = new() { [0.5] = 0.001, [0.95] = 0.02, [0.99] = 30 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_shows_the_producers_of_a_process(bool isLive)
    {
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 2);
        kafka.CreateTopic("t", 2);
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, ClientId = $"watched-{isLive}" });
        var looking = ToolRun.RunAsync(
            ["top", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), "-n", "3"], () => Stream.Null, default, isLive);
        while (!looking.IsCompleted)
        {
            await producer.SendAsync(new Record("t", "value"));
        }

        var run = await looking;
        Assert.Equal((ExitCodes.Success, ""), (run.ExitCode, run.Errors));
        Assert.Contains($"watched-{isLive}", run.Output, StringComparison.Ordinal);
        Assert.Contains("acknowledged", run.Output, StringComparison.Ordinal);
        Assert.All(kafka.BootstrapServers, server => Assert.Contains(server, run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_process_that_is_not_there_is_named()
    {
        var run = await ToolRun.RunAsync(["top", int.MaxValue.ToString(CultureInfo.InvariantCulture)]);

        Assert.Equal((ExitCodes.NoConnection, ""), (run.ExitCode, run.Output));
        Assert.Contains($"There is no .NET process {int.MaxValue} of yours.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_no_process_has_is_told_with_those_that_there_are()
    {
        var run = await ToolRun.RunAsync(["top", "no such process"]);

        Assert.Equal((ExitCodes.NoConnection, ""), (run.ExitCode, run.Output));
        Assert.Contains("No .NET process of yours is called 'no such process'. There ", ToolRun.Flat(run.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_has_each_gate_and_fits()
    {
        using var console = new TestConsole().Width(ToolRun.Width);
        var broker = Tags(("server.address", "a-broker-with-a-long-name.somewhere.example.com"), ("server.port", "9092"));

        console.Write(new ClientView("shop", console.Profile.Capabilities).Show(
        [
            Of("kafka.producer.buffer.used", 16 << 20), Of("kafka.producer.buffer.limit", 32 << 20), Of("kafka.producer.records.waiting", 7),
            Of("kafka.producer.callers.blocked", 2), Of("kafka.producer.records.oldest_age", 90), Of("kafka.producer.records.acknowledged", 1_234_567),
            new Reading("kafka.producer.requests.in_flight", broker, 5, new Dictionary<double, double>()),
            new Reading("kafka.producer.request.duration", broker, 10, Quantiles),
            new Reading("messaging.client.operation.duration", Tags(), 10, Quantiles),
        ]));

        Assert.All(console.Lines, static line => Assert.True(line.Length <= ToolRun.Width, line));
        var text = ToolRun.Flat(console.Output);
        Assert.Contains("50 %, 16.0 MiB of 32.0 MiB", text, StringComparison.Ordinal);
        Assert.Contains("7 records, 2 threads blocked", text, StringComparison.Ordinal);
        Assert.Contains("oldest 90.0 s", text, StringComparison.Ordinal);
        Assert.Contains("1,234,567/s", text, StringComparison.Ordinal);
        Assert.Contains("p50 1.00 ms p95 20.0 ms p99 30.0 s", text, StringComparison.Ordinal);
        Assert.Contains("5 in flight", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_runtime_writes_is_read()
    {
        Assert.Equal(Tags(("a", "1"), ("b", "x=y")), ReadingText.Tags("a=1,b=x=y"));
        Assert.Equal(Quantiles, ReadingText.Quantiles("0.5=0.001;0.95=0.02;0.99=30"));
        Assert.Empty(ReadingText.Tags(""));
        Assert.Empty(ReadingText.Quantiles(""));
    }

    private static Reading Of(string instrument, double value) => new(instrument, Tags(), value, new Dictionary<double, double>());

    private static Dictionary<string, string> Tags(params (string Key, string Value)[] tags) =>
        tags.ToDictionary(static tag => tag.Key, static tag => tag.Value, StringComparer.Ordinal);
}
