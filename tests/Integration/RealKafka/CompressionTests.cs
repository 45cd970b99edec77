namespace Rx.Kafka.Integration.RealKafka;

/// <summary>What each codec writes is read by Kafka's own consumer, from a broker of now.</summary>
[Collection(RealKafkaGroup.Name)]
public sealed class CompressionTests(OneNode cluster) : IClassFixture<OneNode>
{
    [KafkaTheory]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public async Task Every_codec_is_read_back(string codec) =>
        Assert.Contains(codec, await CodecMatrix.RunAsync(cluster, Codecs.Named(codec)));

    // Topics are named by their ids here: what was made anew is another topic.
    [KafkaFact]
    public async Task A_topic_made_anew_takes_what_comes_after()
    {
        var topic = await cluster.CreateTopicAsync(partitions: 1);
        await using var producer = cluster.NewProducer(options => options.MetadataMaxAge = TimeSpan.FromSeconds(1));
        await producer.SendAsync(new Record(topic, "before"));
        await cluster.RunAsync("topic", "delete", topic);
        await cluster.RunAsync("topic", "create", topic, "--partitions", "1");
        await producer.SendAsync(new Record(topic, "after"));
        Assert.Equal("after", Assert.Single(await cluster.ReadAsync(topic)).GetProperty("value").GetString());
    }
}

/// <summary>The same from an old broker, which takes no zstd.</summary>
[Collection(RealKafkaGroup.Name)]
public sealed class OldBrokerCompressionTests(OldBroker cluster) : IClassFixture<OldBroker>
{
    [KafkaTheory]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    public async Task Every_codec_but_zstd_is_read_back(string codec) =>
        Assert.Contains(codec, await CodecMatrix.RunAsync(cluster, Codecs.Named(codec)));

    [KafkaFact]
    public async Task Zstd_gives_way_to_the_next_codec()
    {
        var codecs = await CodecMatrix.RunAsync(cluster, Compression.Zstd.Or(Compression.Lz4));
        Assert.Contains("lz4", codecs);
        Assert.DoesNotContain("zstd", codecs);
    }

    [KafkaFact]
    public async Task Zstd_alone_fails_and_says_what_to_do()
    {
        var topic = await cluster.CreateTopicAsync(partitions: 1);
        await using var producer = cluster.NewProducer(static options => options.Compression = Compression.Zstd);
        var fault = await Assert.ThrowsAsync<KafkaProduceException>(async () => await producer.SendAsync(new Record(topic, new string('x', 1000))));
        Assert.Equal(Persistence.NotPersisted, fault.Persistence);
        Assert.Contains("Compression.Zstd.Or(Compression.Lz4)", fault.Message, StringComparison.Ordinal);
    }
}

internal static class Codecs
{
    public static Compression Named(string codec) => codec switch
    {
        "gzip" => Compression.Gzip,
        "snappy" => Compression.Snappy,
        "lz4" => Compression.Lz4,
        _ => Compression.Zstd,
    };
}
