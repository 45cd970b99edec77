using System.Globalization;
using Rx.Kafka.Integration.Migration;

namespace Rx.Kafka.Integration.RealKafka;

/// <summary>L58 on a broker that asks for metrics: it takes them, and its own classes read them.</summary>
[Collection(RealKafkaGroup.Name)]
public sealed class TelemetryTests(TelemetryNode cluster) : IClassFixture<TelemetryNode>
{
    private const string Prefix = "org.apache.kafka.producer.";

    [JavacFact]
    [Law("L58")]
    public async Task A_broker_takes_metrics_and_the_last_ones_too()
    {
        await cluster.AskAsync("*", intervalMs: 1000);
        var log = new EventLog();
        var topic = await cluster.CreateTopicAsync(partitions: 1);
        await using (var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = cluster.Servers.Split(','), ClientRack = "here" }, log))
        {
            await producer.GetPartitionsAsync(topic);
            Assert.True(await SeenAsync(() => log.Count(213) == 1), "The producer was asked for nothing.");
            for (var i = 0; i < 100; i++)
            {
                await producer.SendAsync(new Record(topic, "v"));
            }

            Assert.True(await SeenAsync(() => Sum("record.send.total") == 100), "What was sent is not pushed.");
            await producer.SendAsync(new Record(topic, "the last"));
        }

        Assert.True(await SeenAsync(() => Sum("topic.record.send.total", $"topic={topic};") == 101), "The last push is missing.");
        var received = cluster.Received;
        Assert.Contains(received, static line => line[1] == "true");
        Assert.Single(received.Select(static line => line[0]).Distinct());
        Assert.All(received, static line => Assert.StartsWith("client_rack=here;", line[4], StringComparison.Ordinal));
        Assert.Contains(received, static line => line[2] == Prefix + "node.request.latency.avg" && line[3] == "GAUGE" && line[4].EndsWith("node_id=node-0;", StringComparison.Ordinal));
        Assert.All(received.Where(static line => line[2] == Prefix + "record.send.total"), static line => Assert.Equal("AGGREGATION_TEMPORALITY_DELTA", line[3]));
        Assert.Equal(0, log.Count(214) + log.Count(215));
    }

    private static async Task<bool> SeenAsync(Func<bool> seen)
    {
        for (var look = 0; look < 300 && !seen(); look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        return seen();
    }

    private double Sum(string name, string labels = "") => cluster.Received
        .Where(line => line[2] == Prefix + name && line[4].EndsWith(labels, StringComparison.Ordinal))
        .Sum(static line => double.Parse(line[5], CultureInfo.InvariantCulture));
}
