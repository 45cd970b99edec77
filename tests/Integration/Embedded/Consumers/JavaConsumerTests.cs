using System.Diagnostics;
using System.Globalization;
using Rx.Kafka.Integration.RealKafka;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded.Consumers;

/// <summary>What our producer wrote to embedded brokers is read by the Java client, in a group of the classic protocol.</summary>
public sealed class JavaConsumerTests
{
    private const int Partitions = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    [JavaFact]
    public async Task A_consumer_reads_every_codec_and_the_next_one_of_its_group_goes_on()
    {
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 2);
        kafka.CreateTopic("t", Partitions);
        var count = 0;
        foreach (var codec in Enum.GetValues<CompressionType>())
        {
            await Numbers.ProduceAsync(kafka, Partitions, count, count += 300, codec);
        }

        Assert.Equal(Enumerable.Range(0, count), await ConsumeAsync(kafka, count, "--from-beginning"));
        Assert.All(Enumerable.Range(0, Partitions), partition => Assert.Equal(kafka.NextOffset("t", partition), kafka.CommittedOffset("readers", "t", partition)));
        Assert.Equal(EmbeddedGroupState.Empty, Assert.Single(kafka.Groups).State);

        await Numbers.ProduceAsync(kafka, Partitions, count, count + 30);
        string[] asStaticMember = ["--command-property", "group.instance.id=one", "--command-property", "isolation.level=read_committed"];
        Assert.Equal(Enumerable.Range(count, 30), await ConsumeAsync(kafka, 30, ["--from-beginning", .. asStaticMember]));
        Assert.Single(Assert.Single(kafka.Groups).Members); // it is expected back
        Assert.Equal((0, null), (kafka.Counters.Malformed, kafka.Counters.FirstMalformed));
    }

    [JavaFact]
    public async Task Members_of_a_cooperative_group_share_what_comes()
    {
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 2);
        kafka.CreateTopic("t", Partitions);
        string[] cooperative =
        [
            "--from-beginning", "--command-property", "heartbeat.interval.ms=200",
            "--command-property", "partition.assignment.strategy=org.apache.kafka.clients.consumer.CooperativeStickyAssignor",
        ];
        var first = ConsumeAsync(kafka, 150, cooperative);
        var second = ConsumeAsync(kafka, 150, cooperative);

        // Partitions move in a second rebalance, which members hear of by their heartbeats; who leaves in the midst of it cannot commit.
        var (generation, since) = (0, Stopwatch.StartNew());
        await Eventually.TrueAsync(
            () =>
            {
                var now = kafka.Groups is [{ State: EmbeddedGroupState.Stable, Members.Count: 2 } group] ? group.Generation : 0;
                if (now == 0 || now != generation)
                {
                    (generation, since) = (now, Stopwatch.StartNew());
                }

                return since.Elapsed > Settled || first.IsCompleted || second.IsCompleted;
            },
            () => string.Join(' ', kafka.Groups),
            Patience);
        Assert.Equal("cooperative-sticky", Assert.Single(kafka.Groups).Assignor);

        // Each of the two has a partition, and one of them has two; who has 150 records leaves the rest to the other.
        await Numbers.ProduceAsync(kafka, Partitions, 0, 300);

        var read = await Task.WhenAll(first, second);
        Assert.Equal(Enumerable.Range(0, 300), read.SelectMany(static numbers => numbers).Order());
    }

    private static async Task<IEnumerable<int>> ConsumeAsync(EmbeddedKafka kafka, int count, params string[] more)
    {
        var jars = Path.Combine(Path.GetDirectoryName(Environs.Script)!, "libs", "*");
        var run = await Command.RunAsync(
            "java",
            [
                "-cp", jars, "-XX:TieredStopAtLevel=1", "org.apache.kafka.tools.consumer.ConsoleConsumer", "--bootstrap-server", string.Join(',', kafka.BootstrapServers), "--topic", "t",
                "--group", "readers", "--max-messages", count.ToString(CultureInfo.InvariantCulture), "--timeout-ms", "60000", .. more,
            ],
            Patience);
        Assert.True(run.ExitCode == 0, run.Errors);
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => int.Parse(line, CultureInfo.InvariantCulture)).Order();
    }
}
