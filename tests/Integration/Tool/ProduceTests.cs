using System.Diagnostics;
using System.IO.Pipelines;
using System.Text;
using Rx.Kafka.Integration.Embedded;
using Rx.Kafka.Testing;
using Rx.Kafka.Tool;

namespace Rx.Kafka.Integration.Tool;

public sealed class ProduceTests
{
    private const short TopicAuthorizationFailed = 29;

    [Fact]
    public async Task Ten_thousand_lines_of_a_file_are_ten_thousand_records_in_their_order()
    {
        await using var kafka = await StartAsync(partitions: 3);
        using var file = new TemporaryFile(string.Concat(Enumerable.Range(0, 10_000).Select(static i => $"key-{i % 10},value {i}, with a comma\n")));

        var run = await ToolRun.RunAsync(["produce", "t", file.Path, "-k", ",", .. To(kafka)]);

        Assert.Equal((ExitCodes.Success, ""), (run.ExitCode, run.Errors));
        Assert.Contains("10,000 of 10,000 records acknowledged in ", run.Output, StringComparison.Ordinal);
        Assert.Contains("p99.9 ", run.Output, StringComparison.Ordinal);
        var log = kafka.ReadLog("t");
        Assert.Equal(10_000, log.Count);
        Assert.All(
            log.GroupBy(static record => Text(record.Key)!, StringComparer.Ordinal),
            static key => Assert.Equal(
                Enumerable.Range(0, 1000).Select(i => $"value {(i * 10) + key.Key[^1] - '0'}, with a comma"), key.Select(static record => Text(record.Value)!)));
    }

    [Fact]
    public async Task On_a_screen_the_same_run_is_painted_and_ends_with_its_summary()
    {
        await using var kafka = await StartAsync();

        var run = await ToolRun.RunAsync(["produce", "t", "--size", "100", "--count", "5000", .. To(kafka)], () => Stream.Null, default, isLive: true);

        Assert.Equal((ExitCodes.Success, ""), (run.ExitCode, run.Errors));
        Assert.Contains("memory", run.Output, StringComparison.Ordinal);
        Assert.Contains("5,000 of 5,000 records acknowledged", run.Output, StringComparison.Ordinal);
        Assert.All(kafka.ReadLog("t"), static record => Assert.Equal(100, record.Value!.Value.Length));
    }

    [Fact]
    public async Task Standard_input_may_have_ends_of_any_kind_nulls_and_headers()
    {
        await using var kafka = await StartAsync();

        var run = await ToolRun.RunAsync(
            ["produce", "t", "-k", "\\t", "--null-marker", "NULL", "-H", "from=tool", "-H", "empty=", .. To(kafka)], "a\t1\r\nb\tNULL\n\t\nlast\t4");

        Assert.Equal((ExitCodes.Success, ""), (run.ExitCode, run.Errors));
        var log = kafka.ReadLog("t");
        Assert.Equal([("a", "1"), ("b", null), ("", ""), ("last", "4")], log.Select(static record => (Text(record.Key)!, Text(record.Value))));
        Assert.All(log, static record => Assert.Equal(["from", "empty"], record.Headers.Select(static header => header.Key)));
    }

    [Fact]
    public async Task A_line_that_can_be_no_record_is_named_and_the_others_go()
    {
        await using var kafka = await StartAsync();

        var run = await ToolRun.RunAsync(["produce", "t", "-k", "=", .. To(kafka)], $"a=1\nb={new string('x', 3 << 20)}\nno key\nd=4\n");

        Assert.Equal(ExitCodes.SomeFailed, run.ExitCode);
        Assert.Contains("standard input, line 2: it has 3145730 bytes, and a record at most 1048576 (max.request.size, buffer.memory).", ToolRun.Flat(run.Errors), StringComparison.Ordinal);
        Assert.Contains("standard input, line 3: the key separator is not in it", ToolRun.Flat(run.Errors), StringComparison.Ordinal);
        Assert.Contains("2 of 4 records acknowledged", run.Output, StringComparison.Ordinal);
        Assert.Contains("2: no key 1, too long 1", run.Output, StringComparison.Ordinal);
        Assert.Equal(["1", "4"], kafka.ReadLog("t").Select(static record => Text(record.Value)!));
    }

    [Fact]
    public async Task A_record_that_the_broker_refuses_is_named_by_its_line()
    {
        await using var kafka = await StartAsync();
        kafka.Faults.On(ApiKey.Produce).Fail(TopicAuthorizationFailed);

        var run = await ToolRun.RunAsync(["produce", "t", .. To(kafka)], "one\ntwo\n");

        Assert.Equal(ExitCodes.SomeFailed, run.ExitCode);
        Assert.Contains("standard input, line 2: ", ToolRun.Flat(run.Errors), StringComparison.Ordinal);
        Assert.Contains("2: Authorization 2", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_failures_are_told_one_by_one_only_at_first()
    {
        await using var kafka = await StartAsync();

        var run = await ToolRun.RunAsync(["produce", "t", "-k", "=", .. To(kafka)], string.Concat(Enumerable.Repeat("no key\n", 1000)));

        Assert.Equal(ExitCodes.SomeFailed, run.ExitCode);
        Assert.Contains("line 20: ", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("line 21: ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("no key 1,000", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_ends_an_endless_input_after_what_was_read_is_acknowledged()
    {
        await using var kafka = await StartAsync();
        using var stop = new CancellationTokenSource();
        var input = new Pipe();
        var running = ToolRun.RunAsync(["produce", "t", .. To(kafka)], () => input.Reader.AsStream(), stop.Token);
        await input.Writer.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a line\n", 100))));
        await Eventually.TrueAsync(() => kafka.NextOffset("t", 0) == 100);

        await stop.CancelAsync();
        var run = await running;

        Assert.Equal((ExitCodes.Success, ""), (run.ExitCode, run.Errors));
        Assert.Contains("100 of 100 records acknowledged", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rate_holds_the_source_back()
    {
        await using var kafka = await StartAsync();
        var watch = Stopwatch.StartNew();

        var run = await ToolRun.RunAsync(["produce", "t", "--size", "10", "--count", "101", "--rate", "200", .. To(kafka)]);

        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.True(watch.Elapsed >= TimeSpan.FromMilliseconds(490), $"{watch.Elapsed} for 101 records at 200 a second");
    }

    [Fact]
    public async Task Options_come_from_a_file_of_either_dialect_and_set_wins()
    {
        await using var kafka = await StartAsync();
        using var file = new TemporaryFile($"metadata.broker.list={string.Join(',', kafka.BootstrapServers)}\nlinger.ms=5\ngroup.id=g\ncompression.type=nonsense");

        var run = await ToolRun.RunAsync(["produce", "t", "-c", file.Path, "-s", "compression.type=gzip"], new string('a', 1000));

        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Contains("group.id", run.Errors, StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(kafka.ReadBatches("t", 0)).Codec);
    }

    [Fact]
    public async Task Without_a_broker_nothing_is_read()
    {
        var run = await ToolRun.RunAsync(
            ["produce", "t", "-b", StrangePort.Closed], static () => throw new InvalidOperationException("The input was opened."), default);

        Assert.Equal((ExitCodes.NoConnection, ""), (run.ExitCode, run.Output));
        Assert.Contains("127.0.0.1", run.Errors, StringComparison.Ordinal);
    }

    private static async Task<EmbeddedKafka> StartAsync(int partitions = 1)
    {
        var kafka = await EmbeddedKafka.StartAsync(brokers: 2);
        kafka.CreateTopic("t", partitions);
        return kafka;
    }

    private static string[] To(EmbeddedKafka kafka) => ["--bootstrap", string.Join(',', kafka.BootstrapServers)];

    private static string? Text(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? Encoding.UTF8.GetString(some.Span) : null;
}
