namespace Rx.Kafka.Integration.RealKafka;

[Collection(RealKafkaGroup.Name)]
public sealed class ThreeNodesTests(ThreeNodes cluster, LinesFile lines) : IClassFixture<ThreeNodes>
{
    private const int Count = 1000;

    [KafkaFact]
    public Task A_million_lines_arrive_once_and_in_order() => cluster.PublishLinesAsync(lines.FilePath);

    [KafkaFact]
    public Task A_million_lines_arrive_once_and_in_order_while_a_broker_is_killed_and_started_again() => cluster.PublishLinesAsync("-", async input =>
    {
        const int Quarter = LinesFile.Lines / 4;
        await LinesFile.WriteAsync(input, 0, Quarter);
        var killed = cluster.RunAsync("kill", "1");
        await LinesFile.WriteAsync(input, Quarter, 2 * Quarter);
        await killed;
        var started = cluster.StartAsync("1");
        await LinesFile.WriteAsync(input, 2 * Quarter, 3 * Quarter);
        await started;
        await LinesFile.WriteAsync(input, 3 * Quarter, LinesFile.Lines);
    });

    [AnyKafkaFact]
    public Task Offsets_count_up_with_acknowledgement_by_all_replicas() => OffsetsCountUpAsync(RequiredAcks.All);

    [AnyKafkaFact]
    public Task Offsets_count_up_with_acknowledgement_by_the_leader() => OffsetsCountUpAsync(RequiredAcks.Leader);

    [AnyKafkaFact]
    public async Task The_acks_of_a_stream_can_be_read_in_a_loop()
    {
        var topic = Cluster.NewName();
        await using var producer = cluster.NewProducer();
        var reading = ReadOffsetsAsync(producer);

        for (var i = 0; i < Count; i++)
        {
            producer.OnNext(new Record(topic, $"value {i}") { Partition = 0 });
        }

        producer.OnCompleted();

        Assert.Equal(Enumerable.Range(0, Count).Select(i => (long)i), await reading);
        await producer.Completion;
    }

    private static async Task<List<long>> ReadOffsetsAsync(KafkaProducer producer)
    {
        var offsets = new List<long>();
        await foreach (var ack in producer.Acks.ReadAllAsync(capacity: 16))
        {
            offsets.Add(ack.Offset);
        }

        return offsets;
    }

    private async Task OffsetsCountUpAsync(RequiredAcks acks)
    {
        var topic = Cluster.NewName();
        await using var producer = cluster.NewProducer(options => options.RequiredAcks = acks);

        var sending = Enumerable.Range(0, Count).Select(i => producer.SendAsync(new Record(topic, $"value {i}") { Partition = 0 }).AsTask());
        var sent = await Task.WhenAll(sending);

        Assert.All(sent, ack => Assert.Equal((topic, 0), (ack.Topic, ack.Partition)));
        Assert.Equal(Enumerable.Range(0, Count).Select(i => (long)i), sent.Select(ack => ack.Offset));
        var partitions = await producer.GetPartitionsAsync(topic);
        Assert.All(partitions, partition => Assert.NotNull(partition.Leader));
    }
}
