namespace Rx.Kafka.Integration;

public sealed class QuickStartTests
{
    [Fact]
    public async Task Without_options_a_million_records_go_to_embedded_brokers()
    {
        var run = await QuickStart.RunAsync([]);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.EndsWith("acknowledged 1000000 of 1000000 records\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_line_of_standard_input_is_a_record_the_last_one_too()
    {
        var run = await QuickStart.RunAsync(["--file", "-", "--key-field", "2"], input => input.WriteAsync("one 1\n\nno-key\nlast 2"));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.EndsWith("acknowledged 4 of 4 records\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_fails_is_told_and_the_others_go()
    {
        var run = await QuickStart.RunAsync(["--file", "-"], input => input.WriteAsync($"small\n{new string('x', 2 << 20)}\nsmall\n"));

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("a record failed: ", run.Errors, StringComparison.Ordinal);
        Assert.EndsWith("acknowledged 2 of 3 records\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_come_from_a_file_of_either_clients_keys()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "metadata.broker.list=127.0.0.1:1\ngroup.id=g\nmax.block.ms=100\n");
            var run = await QuickStart.RunAsync(["--config", file]);

            Assert.Equal(1, run.ExitCode);
            Assert.Contains("group.id: for consumers", run.Errors, StringComparison.Ordinal);
            Assert.Contains("127.0.0.1:1", run.Errors, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("--unknown", "1")]
    [InlineData("--key-field", "0")]
    [InlineData("--topic")]
    public async Task Options_that_make_no_sense_show_the_usage(params string[] arguments)
    {
        var run = await QuickStart.RunAsync(arguments);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("usage: QuickStart", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--file", "/no/such/file")]
    [InlineData("--config", "/no/such/file")]
    [InlineData("--bootstrap", "127.0.0.1:1")]
    [InlineData("--bootstrap", "no-port")]
    public async Task What_cannot_be_opened_is_told(params string[] arguments)
    {
        var run = await QuickStart.RunAsync(arguments);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(arguments[1], run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", run.Errors, StringComparison.Ordinal);
    }
}
