using Rx.Kafka.Tool;

namespace Rx.Kafka.Integration.Tool;

/// <summary>What cannot be done is said with the value and the remedy, ends with 2, and shows no secret.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("TOPIC", "produce")]
    [InlineData("--bootstrap HOST:PORT", "produce", "t")]
    [InlineData("There is no file", "produce", "t", "no-such-file", "-b", "localhost:9092")]
    [InlineData("no-such-file", "produce", "t", "-c", "no-such-file")]
    [InlineData("--rate takes at least 0.001 records a second, not 0.", "produce", "t", "-b", "localhost:9092", "--rate", "0")]
    [InlineData("TOPIC takes a topic name, which is 1 to 249", "produce", "bad topic!", "-b", "localhost:9092")]
    [InlineData("--topic takes a topic name, which is 1 to 249", "doctor", "-b", "localhost:9092", "-t", "")]
    [InlineData("--size takes 0 to 1073741824 bytes, not -1.", "produce", "t", "-b", "localhost:9092", "--size", "-1")]
    [InlineData("KEY=VALUE", "produce", "t", "-b", "localhost:9092", "-H", "nothing")]
    [InlineData("linger.mss", "produce", "t", "-b", "localhost:9092", "-s", "linger.mss=5")]
    [InlineData("--set takes KEY=VALUE", "doctor", "-s", "hidden-secret")]
    [InlineData("sasl.mechanism", "doctor", "-b", "localhost:9092", "-s", "sasl.password=hidden-secret", "-s", "sasl.mechanism=NONE")]
    [InlineData("--send needs --topic", "doctor", "-b", "localhost:9092", "--send")]
    [InlineData("--timeout takes", "doctor", "-b", "localhost:9092", "--timeout", "0")]
    [InlineData("--brokers takes 1 to 100, not 0.", "broker", "--brokers", "0")]
    [InlineData("not 't:0'", "broker", "--port", "0", "--topic", "t:0")]
    [InlineData("--topic takes a topic name, which is 1 to 249 of [a-zA-Z0-9._-], neither \".\" nor \"..\", not 'a/b'.", "broker", "--port", "0", "--topic", "a/b")]
    [InlineData("--port takes 0 to 65535, not 65536.", "broker", "--port", "65536")]
    [InlineData("There are no 2 ports from 65535 on: lower --port or --brokers.", "broker", "--port", "65535", "--brokers", "2")]
    [InlineData("--rounds takes at least 1", "top", "1", "-n", "0")]
    [InlineData("--retention-bytes takes at least 0 bytes, not -1.", "broker", "--port", "0", "--retention-bytes", "-1")]
    [InlineData("--size takes 8 to 1073741824 bytes, not 7.", "bench", "--size", "7")]
    [InlineData("--seconds takes 0.1 to 3600, not 0.", "bench", "--seconds", "0")]
    [InlineData("--warmup takes 0 to 3600, not -1.", "bench", "--warmup", "-1")]
    [InlineData("--rounds takes 1 to 100, not 0.", "bench", "--rounds", "0")]
    [InlineData("--partitions takes 1 to 1000, not 0.", "bench", "--partitions", "0")]
    [InlineData("--partitions is for embedded brokers", "bench", "--partitions", "3", "-b", "localhost:9092")]
    [InlineData("--size is 1048477 bytes, and up to 100 come to it, which is more than max.request.size, 1048576. Raise that, and the topic's max.message.bytes, or lower --size.", "bench", "--size", "1048477", "-b", "localhost:9092")]
    [InlineData("is more than buffer.memory, 40000. Raise that, or lower --size.", "bench", "--size", "50000", "-s", "buffer.memory=40000")]
    [InlineData("is more than max.message.bytes of embedded brokers, 1048588. Give --bootstrap, or lower --size.", "bench", "--size", "2000000", "-s", "max.request.size=3000000")]
    [InlineData("--topic takes a topic name", "bench", "-t", "no/topic")]
    [InlineData("--topic takes a topic name", "bench", "-t", "..", "-b", "localhost:9092")]
    [InlineData("--json cannot be written: /tmp is a folder", "bench", "-b", "localhost:9092", "--json", "/tmp")]
    [InlineData("--client takes ours, confluent or both, not 'theirs'.", "bench", "--client", "theirs")]
    [InlineData("compression.type is 'brotli'", "bench", "--compression", "brotli")]
    [InlineData("linger.ms is 'soon'", "bench", "--linger", "soon")]
    [InlineData("acks is '2'", "bench", "--acks", "2")]
    [InlineData("--json cannot be written", "bench", "-b", "localhost:9092", "--json", "/no/such/folder/file")]
    [InlineData("give --bootstrap HOST:PORT", "bench", "-s", "sasl.password=hidden-secret")]
    [InlineData("Confluent.Kafka does not read sasl.jaas.config", "bench", "-b", "localhost:9092", "-s", "security.protocol=SASL_SSL", "-s", "sasl.mechanism=PLAIN", "-s", "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"hidden-secret\";")]
    [InlineData("Confluent.Kafka cannot be set up like this: ", "bench", "-b", "localhost:9092", "--linger", "1000000", "-s", "delivery.timeout.ms=2000000")]
    [InlineData("unknown", "unknown")]
    public async Task A_command_line_that_makes_no_sense_is_explained(string words, params string[] arguments)
    {
        var run = await ToolRun.RunAsync(arguments);

        Assert.Equal((ExitCodes.Usage, ""), (run.ExitCode, run.Output));
        Assert.Contains(words, ToolRun.Flat(run.Errors), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-secret", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("produce")]
    [InlineData("doctor")]
    [InlineData("broker")]
    [InlineData("top")]
    [InlineData("bench")]
    public async Task Each_command_has_a_help_with_an_example(params string[] command)
    {
        var run = await ToolRun.RunAsync([.. command, "--help"]);

        Assert.Equal((ExitCodes.Success, ""), (run.ExitCode, run.Errors));
        Assert.DoesNotContain(run.Output.Split('\n'), static line => line.EndsWith(' '));
        Assert.DoesNotContain("Default:", run.Output, StringComparison.Ordinal);
        Assert.Contains(command.Length == 0 ? "doctor" : $"\n  rxkafka {command[0]} ", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("broker", "--port", "-1")]
    [InlineData("broker", "--brokers", "101")]
    [InlineData("broker", "--topic", "t:0")]
    [InlineData("bench", "--topic", "a/b")]
    [InlineData("bench", "--client", "theirs")]
    public async Task A_value_out_of_range_names_the_help(string command, params string[] option)
    {
        var run = await ToolRun.RunAsync([command, .. option]);

        Assert.EndsWith($"See: rxkafka {command} --help\n", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_tells_its_version()
    {
        var run = await ToolRun.RunAsync(["--version"]);

        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+", run.Output);
    }
}
