using System.Text;
using Confluent.Kafka;

namespace Rx.Kafka.Integration.RealKafka;

/// <summary>librdkafka, through Confluent.Kafka, and we put the same keys into the same partitions.</summary>
[Collection(RealKafkaGroup.Name)]
public sealed class PartitionerTests(OneNode cluster) : IClassFixture<OneNode>
{
    private const int Partitions = 12;

    private static readonly byte[]?[] Keys = [.. Enumerable.Range(0, 999).Select(i => Encoding.UTF8.GetBytes($"key-{i * i}")), [0]];

    [KafkaFact]
    public async Task Each_named_partitioner_puts_a_thousand_keys_where_librdkafka_puts_them()
    {
        var topic = await cluster.CreateTopicAsync(Partitions);
        foreach (var name in Partitioners.Names.Where(static name => name != "random" && !name.Contains('.', StringComparison.Ordinal)))
        {
            // What has no key, or an empty one, has a certain place only where there is no chance.
            byte[]?[] keys = name.EndsWith("random", StringComparison.Ordinal) ? Keys : [.. Keys, null, []];

            var theirs = await TheirsAsync(topic, keys, config => config.Set("partitioner", name));
            var ours = await OursAsync(topic, keys, options => options.Partitioner = Partitioners.ByName(name));

            Assert.True(theirs.AsSpan().SequenceEqual(ours), name);
            Assert.Equal(Partitions, ours.Distinct().Count());
        }
    }

    [KafkaFact]
    public async Task LibrdkafkaCompatible_is_what_Confluent_Kafka_does_by_default()
    {
        var topic = await cluster.CreateTopicAsync(Partitions);

        var theirs = await TheirsAsync(topic, Keys, static _ => { });

        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = cluster.Servers.Split(',') }.LibrdkafkaCompatible());
        Assert.Equal(theirs, await PartitionsAsync(producer, topic, Keys));
        Assert.NotEqual(theirs, await OursAsync(topic, Keys, static _ => { }));
    }

    private async Task<int[]> OursAsync(string topic, byte[]?[] keys, Action<KafkaProducerOptions> configure)
    {
        await using var producer = cluster.NewProducer(configure);
        return await PartitionsAsync(producer, topic, keys);
    }

    private static async Task<int[]> PartitionsAsync(KafkaProducer producer, string topic, byte[]?[] keys)
    {
        using var results = await producer.SendAllAsync(keys.Select(key => new Record(topic, value: (byte[]?)[1], key: key)));
        results.ThrowIfFailed();
        return [.. Enumerable.Range(0, keys.Length).Select(i => results[i].Metadata.Partition)];
    }

    private async Task<int[]> TheirsAsync(string topic, byte[]?[] keys, Action<ProducerConfig> configure)
    {
        var config = new ProducerConfig { BootstrapServers = cluster.Servers };
        configure(config);
        using var producer = new ProducerBuilder<byte[]?, byte[]>(config).Build();
        var sent = await Task.WhenAll(keys.Select(key => producer.ProduceAsync(topic, new Message<byte[]?, byte[]> { Key = key, Value = [1] })));
        return [.. sent.Select(static report => report.Partition.Value)];
    }
}
