using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded;

public class KcatTests
{
    [KcatTheory]
    [InlineData("none", "false", 0)]
    [InlineData("none", "true", 0)]
    [InlineData("gzip", "true", 1)]
    [InlineData("snappy", "false", 2)]
    [InlineData("lz4", "false", 3)]
    [InlineData("zstd", "true", 4)]
    public async Task Kcat_publishes_to_embedded_brokers_and_reads_it_back(string codec, string idempotence, int number)
    {
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 3);
        kafka.CreateTopic("t", 3);
        var servers = string.Join(',', kafka.BootstrapServers);
        var lines = Enumerable.Range(0, 500).Select(i => $"key-{i}:{new string((char)('a' + (i % 26)), 50)}{i}").ToList();

        await Kcat.RunAsync(string.Join('\n', lines) + "\n", "-P", "-b", servers, "-t", "t", "-K:", "-z", codec, "-X", $"enable.idempotence={idempotence}", "-H", "trace=1");

        Assert.Equal(500, kafka.Counters.Records);
        Assert.Equal(0, kafka.Counters.Refused);
        Assert.All(Enumerable.Range(0, 3).SelectMany(p => kafka.ReadBatches("t", p)), batch =>
        {
            Assert.Equal(number, batch.Codec);
            Assert.Equal(string.Equals(idempotence, "true", StringComparison.Ordinal), batch.ProducerId >= 0);
        });
        if (number <= 1)
        {
            var log = kafka.ReadLog("t");
            Assert.Equal(lines.Order(StringComparer.Ordinal), log.Select(r => $"{r.KeyText}:{r.ValueText}").Order(StringComparer.Ordinal));
            Assert.All(log, r => Assert.Equal("trace (1 B)", Assert.Single(r.Headers).ToString()));
        }

        var read = await Kcat.RunAsync(null, "-C", "-b", servers, "-t", "t", "-o", "beginning", "-e", "-q", "-K:");
        Assert.Equal(lines.Order(StringComparer.Ordinal), read.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [KcatFact]
    public async Task Kcat_survives_a_leader_that_moves_and_a_topic_made_on_demand()
    {
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 2);
        kafka.Faults.On(ApiKey.Produce).Fail(6).Times(2);
        kafka.Faults.On(ApiKey.Produce).Skip(3).CutConnection(afterAppend: true).Times(1);
        var servers = string.Join(',', kafka.BootstrapServers);

        await Kcat.RunAsync("one\ntwo\nthree\n", "-P", "-b", servers, "-t", "made-on-demand", "-X", "enable.idempotence=true", "-X", "linger.ms=1");
        await Kcat.RunAsync("four\n", "-P", "-b", servers, "-t", "made-on-demand", "-X", "enable.idempotence=true");

        Assert.Equal(["one", "two", "three", "four"], kafka.ReadLog("made-on-demand", 0).Select(r => r.ValueText));
    }

    [KcatFact]
    public async Task Kcat_lists_what_there_is()
    {
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 3);
        kafka.CreateTopic("orders", 2);
        var listing = await Kcat.RunAsync(null, "-L", "-b", kafka.BootstrapServers[0]);
        Assert.Contains("3 brokers", listing, StringComparison.Ordinal);
        Assert.Contains("topic \"orders\" with 2 partitions", listing, StringComparison.Ordinal);
    }
}
