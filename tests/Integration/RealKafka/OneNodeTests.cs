using System.Text.Json;

namespace Rx.Kafka.Integration.RealKafka;

[Collection(RealKafkaGroup.Name)]
public sealed class OneNodeTests(OneNode cluster, LinesFile lines) : IClassFixture<OneNode>
{
    [KafkaFact]
    public Task A_million_lines_arrive_once_and_in_order() => cluster.PublishLinesAsync(lines.FilePath);

    [KafkaFact]
    public async Task Keys_values_headers_and_time_are_read_back_as_they_were_sent()
    {
        var topic = await cluster.CreateTopicAsync(partitions: 1);
        var time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        await using (var producer = cluster.NewProducer())
        {
            await producer.SendAsync(new Record(topic, "key", "value") { Timestamp = time, Headers = [new("trace", "abc"u8.ToArray()), new("trace", null)] });
            await producer.SendAsync(new Record(topic, "", ""));
            await producer.SendAsync(Record.Tombstone(topic, "gone"));
            await producer.SendAsync(new Record(topic, "no key"));
        }

        var read = await cluster.ReadAsync(topic);

        Assert.Equal(["value", "", null, "no key"], read.Select(record => record.GetProperty("value").GetString()));
        Assert.Equal(["key", "", "gone", null], read.Select(record => record.GetProperty("key").GetString()));
        Assert.Equal([0, 1, 2, 3], read.Select(record => record.GetProperty("offset").GetInt64()));
        Assert.Equal(time.ToUnixTimeMilliseconds(), read[0].GetProperty("timestamp").GetInt64());
        Assert.Equal(["abc", null], read[0].GetProperty("headers").EnumerateArray().Select(HeaderValue));
    }

    [KafkaFact]
    public async Task Without_acknowledgements_records_arrive_and_have_no_offset()
    {
        var topic = await cluster.CreateTopicAsync(partitions: 1);
        await using (var producer = cluster.NewProducer(options => options.RequiredAcks = RequiredAcks.None))
        {
            var sent = await producer.SendAsync(new Record(topic, "unanswered"));
            Assert.Equal(-1, sent.Offset);
        }

        // Nobody says when the broker has written it: it is there soon, or never.
        var read = await cluster.ReadAsync(topic);
        for (var look = 0; look < 20 && read.Count == 0; look++)
        {
            read = await cluster.ReadAsync(topic);
        }

        var record = Assert.Single(read);
        Assert.Equal("unanswered", record.GetProperty("value").GetString());
    }

    [KafkaFact]
    public async Task An_unknown_topic_fails_within_max_block_and_the_next_record_goes()
    {
        var topic = await cluster.CreateTopicAsync(partitions: 1);
        await using var producer = cluster.NewProducer(options => options.MaxBlock = TimeSpan.FromSeconds(2));

        var fault = await Assert.ThrowsAsync<KafkaProduceException>(() => producer.SendAsync(new Record(Cluster.NewName(), "lost")).AsTask());
        var sent = await producer.SendAsync(new Record(topic, "found"));

        Assert.Equal(ProduceErrorCode.TopicUnknown, fault.Code);
        Assert.Equal(Persistence.NotPersisted, fault.Persistence);
        Assert.Equal(0, sent.Offset);
    }

    [KafkaFact]
    public async Task A_partition_that_the_topic_lacks_fails_at_once_and_the_next_record_goes()
    {
        var topic = await cluster.CreateTopicAsync(partitions: 2);
        await using var producer = cluster.NewProducer();

        var fault = await Assert.ThrowsAsync<KafkaProduceException>(() => producer.SendAsync(new Record(topic, "lost") { Partition = 2 }).AsTask());
        var sent = await producer.SendAsync(new Record(topic, "found") { Partition = 1 });

        Assert.Equal(ProduceErrorCode.InvalidRecord, fault.Code);
        Assert.Equal((1, 0L), (sent.Partition, sent.Offset));
    }

    private static string? HeaderValue(JsonElement header) => header.GetProperty("value").GetString();
}
