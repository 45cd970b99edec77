using System.Text.Json;
using Rx.Kafka.Integration.Embedded;
using Rx.Kafka.Testing;
using Rx.Kafka.Tool;

namespace Rx.Kafka.Integration.Tool;

/// <summary>Rounds of a fraction of a second: figures mean nothing here, but each is there, and what is counted is right.</summary>
public sealed class BenchTests
{
    private const short TopicAuthorizationFailed = 29;
    private const string Password = "hidden-secret";
    private static readonly string[] Briefly = ["bench", "--topic", "t", "--seconds", "0.2", "--warmup", "0.1", "--rounds"];

    [Fact]
    public async Task Both_clients_are_measured_in_turn_beside_brokers_in_a_process_of_their_own()
    {
        using var file = new TemporaryFile("");

        var run = await ToolRun.RunAsync([.. Briefly, "2", "--json", file.Path]);

        Assert.Equal((ExitCodes.Success, ""), (run.ExitCode, run.Errors));
        Assert.Contains("3 brokers, embedded, in a process of their own", ToolRun.Flat(run.Output), StringComparison.Ordinal);
        Assert.Contains("values of 100 bytes to t (6 partitions)", run.Output, StringComparison.Ordinal);
        Assert.Contains("acks=all, enable.idempotence=true, linger.ms=5, batch.size=16384", ToolRun.Flat(run.Output), StringComparison.Ordinal);
        string[] turns = ["round 1, Rx.Kafka: ", "round 1, Confluent: ", "round 2, Confluent: ", "round 2, Rx.Kafka: "];
        Assert.Equal(turns, run.Output.Split('\n').Where(static line => line.StartsWith("round", StringComparison.Ordinal)).Select(static line => line[..(line.IndexOf(':', StringComparison.Ordinal) + 2)]));
        Assert.All(
            ["records a second", "bytes a second", "CPU for a million", "allocated a record", "collections", "latency p50", "latency p99", "failed"],
            title => Assert.Contains(title, run.Output, StringComparison.Ordinal));
        Assert.Contains("\nmean ", run.Output, StringComparison.Ordinal);
        Assert.Matches(
            @"ratio: Rx\.Kafka has \d+\.\d\d × \(\d+\.\d\d to \d+\.\d\d\) the throughput of Confluent, and takes \d+\.\d\d × \(\d+\.\d\d to \d+\.\d\d\) its CPU time a record "
            + @"\(means of 2 rounds\)\. Both share the processors with the brokers here, .*: give --bootstrap for a ratio that holds elsewhere\.$",
            ToolRun.Flat(run.Output));

        using var json = Json(file);
        AssertPlace(json.RootElement, isEmbedded: true, brokers: 3, partitions: 6);
        var (ours, confluent) = (json.RootElement.GetProperty("medians").GetProperty("ours"), json.RootElement.GetProperty("medians").GetProperty("confluent"));
        Assert.Equal(4, json.RootElement.GetProperty("rounds").GetArrayLength());
        Assert.All([ours, confluent], static figures => Assert.All(
            ["recordsPerSecond", "bytesPerSecond", "cpuSecondsPerMillionRecords", "p50Milliseconds", "p99Milliseconds"],
            name => Assert.True(figures.GetProperty(name).GetDouble() > 0, name)));
        Assert.Equal(
            ours.GetProperty("recordsPerSecond").GetDouble() / confluent.GetProperty("recordsPerSecond").GetDouble(),
            json.RootElement.GetProperty("ratio").GetProperty("throughput").GetDouble(),
            tolerance: 1e-3);
    }

    [Theory]
    [InlineData("ours")]
    [InlineData("confluent")]
    public async Task One_client_alone_counts_each_record_that_is_on_the_log_and_takes_the_settings(string client)
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t", 2);
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "new.json");

        var run = await ToolRun.RunAsync([.. Briefly, "1", .. To(kafka), "--client", client, "--compression", "gzip", "--linger", "1", "--acks", "1", "--json", path]);

        Assert.Equal((ExitCodes.Success, ""), (run.ExitCode, run.Errors));
        Assert.DoesNotContain("ratio: ", run.Output, StringComparison.Ordinal);
        Assert.Contains("acks=1, enable.idempotence=false, linger.ms=1, batch.size=16384, compression.type=gzip", ToolRun.Flat(run.Output), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
        AssertPlace(json.RootElement, isEmbedded: false, brokers: 1, partitions: 2);
        var round = Assert.Single(json.RootElement.GetProperty("rounds").EnumerateArray());
        Assert.Equal(kafka.Counters.Records, round.GetProperty("acknowledged").GetInt64());
        Assert.InRange(round.GetProperty("measuredRecords").GetInt64(), 1, kafka.Counters.Records);
        Assert.True(round.GetProperty("measuredSeconds").GetDouble() >= 0.2);

        // A codec that makes a batch of few records larger is not used.
        Assert.All(kafka.ReadBatches("t", 0), static batch => Assert.Equal((batch.RecordCount < 10 ? batch.Codec : 1, -1L), (batch.Codec, batch.ProducerId)));
        Assert.All(kafka.ReadLog("t", 1), static record => Assert.Equal(100, record.Value!.Value.Length));
    }

    [Fact]
    public async Task Both_clients_sign_in_over_TLS_with_the_keys_of_one_file_and_no_secret_is_shown()
    {
        await using var kafka = await EmbeddedKafka.StartAsync(options: new EmbeddedKafkaOptions
        {
            Tls = new EmbeddedTlsOptions(),
            Sasl = new EmbeddedSaslOptions { Users = new Dictionary<string, string>(StringComparer.Ordinal) { ["alice"] = Password } },
        });
        using var authority = new TemporaryFile(kafka.Options.Tls!.Authority.CertificatePem);
        using var file = new TemporaryFile(
            $"bootstrap.servers={string.Join(',', kafka.BootstrapServers)}\nsecurity.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-256\nsasl.username=alice\n"
            + $"sasl.password={Password}\nssl.truststore.location={authority.Path}\nssl.truststore.type=PEM\n");
        using var figures = new TemporaryFile("");
        using var folder = new TemporaryFolder();
        var link = File.CreateSymbolicLink(Path.Combine(folder.Path, "link"), figures.Path).FullName;

        var run = await ToolRun.RunAsync([.. Briefly, "1", "--config", file.Path, "--json", link]);

        Assert.Equal(ExitCodes.Success, run.ExitCode); // a notice about keys of librdkafka is no error
        Assert.Matches(@"ratio: .* its CPU time a record\.$", ToolRun.Flat(run.Output)); // one round has no middle, and these brokers are a cluster
        Assert.Contains("\n1 round ", run.Output, StringComparison.Ordinal);
        Assert.Equal(figures.Path, new FileInfo(link).LinkTarget);
        Assert.Contains("\"ratio\"", File.ReadAllText(figures.Path), StringComparison.Ordinal);
        Assert.DoesNotContain(Password, run.Text + File.ReadAllText(figures.Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_that_fail_are_counted_named_and_the_exit_code()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t");
        kafka.Faults.On(ApiKey.Produce).Fail(TopicAuthorizationFailed);

        var run = await ToolRun.RunAsync([.. Briefly, "1", .. To(kafka)]);

        Assert.Equal(ExitCodes.SomeFailed, run.ExitCode);
        Assert.Contains("round 1, Rx.Kafka: ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("round 1, Confluent: ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("records failed. Broker: Topic authorization failed", ToolRun.Flat(run.Errors), StringComparison.Ordinal);
        Assert.DoesNotContain("ratio: ", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ours")]
    [InlineData("confluent")]
    public async Task A_record_that_brokers_find_too_large_is_an_error(string client)
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t");

        var run = await ToolRun.RunAsync([.. Briefly, "1", .. To(kafka), "--client", client, "--size", "2000000", "-s", "max.request.size=3000000"]); // the topic takes less

        Assert.Equal(ExitCodes.SomeFailed, run.ExitCode);
        Assert.Contains("round 1, ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("Nothing was measured.", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_ends_the_round_and_shows_what_there_is()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t");
        using var stop = new CancellationTokenSource();
        using var file = new TemporaryFile("");
        var running = ToolRun.RunAsync(["bench", "--topic", "t", "--warmup", "0", "--seconds", "3600", "--json", file.Path, .. To(kafka)], () => Stream.Null, stop.Token, isLive: true);
        await Eventually.TrueAsync(() => kafka.Counters.Records > 1000);

        await stop.CancelAsync();
        var run = await running;

        Assert.Equal((ExitCodes.Success, ""), (run.ExitCode, run.Errors));
        Assert.Contains("round 1, Rx.Kafka: ", run.Output, StringComparison.Ordinal);
        Assert.Contains("latency p99", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("round 1, Confluent: ", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"Ctrl\+C cut round 1 of Rx\.Kafka short: .* of 60\.0 min were measured\.", ToolRun.Flat(run.Output));
        using var json = Json(file);
        Assert.True(json.RootElement.GetProperty("interrupted").GetBoolean());
    }

    [Fact]
    public async Task A_stop_while_it_warms_up_measures_nothing_and_leaves_the_old_figures()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t");
        using var stop = new CancellationTokenSource();
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "figures.json");
        await File.WriteAllTextAsync(path, "old");
        var running = ToolRun.RunAsync(["bench", "--topic", "t", "--warmup", "3600", "--json", path, .. To(kafka)], () => Stream.Null, stop.Token);
        await Eventually.TrueAsync(() => kafka.Counters.Records > 1000);

        await stop.CancelAsync();
        var run = await running;

        Assert.Equal((ExitCodes.SomeFailed, "Nothing was measured.\n"), (run.ExitCode, run.Errors));
        Assert.Equal("old", await File.ReadAllTextAsync(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("ours")]
    [InlineData("confluent")]
    public async Task Without_a_broker_nothing_is_measured(string client)
    {
        var run = await ToolRun.RunAsync([.. Briefly, "1", "-b", StrangePort.Closed, "--client", client]);

        Assert.Equal((ExitCodes.NoConnection, ""), (run.ExitCode, run.Output));
        Assert.Contains("127.0.0.1", run.Errors, StringComparison.Ordinal);
    }

    private static void AssertPlace(JsonElement root, bool isEmbedded, int brokers, int partitions)
    {
        Assert.Equal(
            (isEmbedded, brokers, partitions, Environment.ProcessorCount, false),
            (root.GetProperty("embedded").GetBoolean(), root.GetProperty("brokers").GetInt32(), root.GetProperty("partitions").GetInt32(), root.GetProperty("processors").GetInt32(), root.GetProperty("interrupted").GetBoolean()));
        Assert.NotEqual(default, root.GetProperty("date").GetDateTimeOffset());
    }

    private static JsonDocument Json(TemporaryFile file) => JsonDocument.Parse(File.ReadAllText(file.Path));

    private static string[] To(EmbeddedKafka kafka) => ["--bootstrap", string.Join(',', kafka.BootstrapServers)];
}
