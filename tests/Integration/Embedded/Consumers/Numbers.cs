using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded.Consumers;

/// <summary>Records whose values count up, spread over the partitions of topic t.</summary>
internal static class Numbers
{
    public static async Task ProduceAsync(EmbeddedKafka kafka, int partitions, int from, int to, CompressionType codec = CompressionType.None)
    {
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, Compression = Of(codec) });
        using var results = await producer.SendAllAsync(Enumerable.Range(from, to - from).Select(i => new Record("t", $"{i}") { Partition = i % partitions }));
        Assert.Empty(results.Failures);
    }

    private static Compression Of(CompressionType codec) => codec switch
    {
        CompressionType.Gzip => Compression.Gzip,
        CompressionType.Snappy => Compression.Snappy,
        CompressionType.Lz4 => Compression.Lz4,
        CompressionType.Zstd => Compression.Zstd,
        _ => Compression.None,
    };
}
