using System.Buffers.Binary;
using Rx.Kafka.Testing;
using Rx.Kafka.Testing.Brokers;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Properties.Testing;

/// <summary>What brokers check and how they answer (protocol.md section 6.1).</summary>
public class BrokerAnswerTests
{
    public static TheoryData<string, int> BadBatches => new()
    {
        { "empty", 87 },
        { "cut", 2 },
        { "magic 1", 87 },
        { "two batches", 87 },
        { "base offset 5", 87 },
        { "too large", 10 },
        { "wrong CRC", 2 },
        { "count 0", 87 },
        { "last offset delta 9", 87 },
        { "control", 87 },
        { "id without sequence", 87 },
        { "log append time", 32 },
        { "codec 7", -1 },
        { "zstd in Produce 6", 76 },
        { "offset delta", 87 },
        { "gzip of nothing", 2 },
    };

    [Theory]
    [MemberData(nameof(BadBatches))]
    public void A_bad_batch_gets_Kafkas_code(string fault, int code)
    {
        var batch = RawBatch.Make(2);
        switch (fault)
        {
            case "empty": batch = []; break;
            case "cut": batch = batch[..^1]; break;
            case "magic 1": batch[16] = 1; break;
            case "two batches": batch = [.. batch, .. batch]; break;
            case "base offset 5": batch[7] = 5; break;
            case "too large": batch = RawBatch.Make(1, valueBytes: 2_000_000); break;
            case "wrong CRC": batch[^1] ^= 1; break;
            case "count 0": batch[60] = 0; break;
            case "last offset delta 9": batch[26] = 9; break;
            case "control": batch[22] = 32; break;
            case "id without sequence": BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(43), 7); break;
            case "log append time": batch[22] = 8; break;
            case "codec 7": batch[22] = 7; break;
            case "zstd in Produce 6": batch[22] = 4; break;
            case "offset delta": batch[batch.Length - 6] = 4; break;
            case "gzip of nothing": batch[22] = 1; break;
        }

        if (fault is not ("empty" or "cut" or "two batches" or "wrong CRC"))
        {
            RawBatch.Seal(batch);
        }

        Assert.Equal(code, BatchCheck.Check(batch, 6, 1_048_588, new TopicOptions()).Error);
    }

    [Fact]
    public void Acks_0_is_not_answered_and_its_errors_close_the_connection() => Run(async (simulation, kafka, client) =>
    {
        await client.ProduceAsync(9, 0, "t", 0, RawBatch.Make());
        Assert.Equal(0, (await client.ProduceAsync(9, 1, "t", 0, RawBatch.Make()))!.Error);
        Assert.Equal(2, kafka.NextOffset("t", 0));
        await client.ProduceAsync(9, 0, "unknown", 0, RawBatch.Make());
        Assert.Null(await client.ReceiveAsync());
    });

    [Fact]
    public void Requests_as_a_whole_are_refused_for_their_acks_or_a_missing_transactional_id() => Run(async (simulation, kafka, client) =>
    {
        Assert.Equal(21, (await client.ProduceAsync(9, 2, "t", 0, RawBatch.Make()))!.Error);
        var transactional = RawBatch.Make();
        transactional[22] = 16;
        Assert.Equal(53, (await client.ProduceAsync(9, -1, "t", 0, RawBatch.Seal(transactional)))!.Error);
    });

    [Fact]
    public void An_unknown_version_or_API_closes_the_connection() => Run(async (simulation, kafka, client) =>
    {
        await client.SendAsync(ApiKey.Produce, 2, _ => { });
        Assert.Null(await client.ReceiveAsync());
        client = await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[0]);
        await client.SendAsync((ApiKey)99, 0, _ => { });
        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(2, kafka.Counters.Malformed);
    });

    [Fact]
    public void Stray_bytes_are_passed_over_after_a_Metadata_request_for_all_topics_and_after_no_other() => Run(async (simulation, kafka, _) =>
    {
        var range = Apis.Defaults()[ApiKey.Metadata];
        for (var version = Math.Max((short)1, range.Minimum); version <= range.Maximum; version++)
        {
            Assert.NotNull(await DescribeAsync(topics: -1, version));
            Assert.Equal(0, kafka.Counters.Malformed);
        }

        Assert.Null(await DescribeAsync(topics: 0, range.Maximum));
        Assert.Equal(1, kafka.Counters.Malformed);

        async Task<byte[]?> DescribeAsync(int topics, short version)
        {
            var flexible = Apis.IsFlexible(ApiKey.Metadata, version);
            var client = await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[0]);
            return await client.AskAsync(ApiKey.Metadata, version, w =>
            {
                w.Count(topics, flexible);
                w.Raw(new byte[version switch { < 4 => 0, < 8 => 1, <= 10 => 3, _ => 2 }]);
                w.NoTags(flexible);
                w.Raw(new byte[3]);
            });
        }
    });

    [Fact]
    public void A_request_that_names_a_partition_twice_closes_the_connection_and_is_told() => Run(async (simulation, kafka, client) =>
    {
        await client.SendProduceAsync(9, -1, ("t", 0, RawBatch.Make()), ("t", 0, RawBatch.Make()));
        Assert.Null(await client.ReceiveAsync());
        Assert.Contains("t-0 twice", kafka.Counters.FirstMalformed, StringComparison.Ordinal);
        Assert.Equal(0, kafka.NextOffset("t", 0));
    });

    [Fact]
    public void A_test_may_look_at_every_request() => Run(async (simulation, kafka, client) =>
    {
        var seen = new List<ReceivedRequest>();
        kafka.RequestReceived = seen.Add;
        await client.ProduceAsync(9, 1, "t", 0, RawBatch.Make(3, 7, 2, 5));
        var request = Assert.Single(seen);
        Assert.Equal((1, ApiKey.Produce, 9, "raw", 1), (request.Broker, request.Key, request.Version, request.ClientId, request.Acks));
        Assert.Equal(new ReceivedBatch("t", 0, RawBatch.Make(3).Length, 3, 7, 2, 5), Assert.Single(request.Batches));
    });

    [Fact]
    public void A_LogAppendTime_topic_stamps_batches_and_seals_them_anew() => Run(async (simulation, kafka, client) =>
    {
        kafka.CreateTopic("stamped", new TopicOptions { LogAppendTime = true });
        var leader = await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[kafka.Leader("stamped", 0) - 1]);
        await Task.Delay(TimeSpan.FromMinutes(1), simulation.Time);
        var answer = await leader.ProduceAsync(9, -1, "stamped", 0, RawBatch.Make(2));
        Assert.Equal(simulation.Time.GetUtcNow().ToUnixTimeMilliseconds(), answer!.LogAppendTimeMs);
        Assert.All(kafka.ReadLog("stamped", 0), r => Assert.Equal(simulation.Time.GetUtcNow(), r.Timestamp));
    });

    [Fact]
    public void A_compacted_topic_names_the_records_without_a_key() => Run(async (simulation, kafka, client) =>
    {
        kafka.CreateTopic("compacted", new TopicOptions { Compacted = true });
        var leader = await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[kafka.Leader("compacted", 0) - 1]);
        var answer = await leader.ProduceAsync(9, -1, "compacted", 0, RawBatch.Make(2));
        Assert.Equal(87, answer!.Error);
        Assert.Equal([0, 1], answer.Rejected);
    });

    [Fact]
    public void A_full_log_drops_its_oldest_batches_and_keeps_counting()
    {
        using var simulation = new Simulation(1);
        var kafka = simulation.StartKafka(options: new EmbeddedKafkaOptions { LogBytesPerPartition = 10_000 });
        kafka.CreateTopic("t");
        simulation.Run(async () =>
        {
            var client = await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[0]);
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal(i, (await client.ProduceAsync(9, -1, "t", 0, RawBatch.Make(1, valueBytes: 2000)))!.BaseOffset);
            }

            Assert.Equal(15, (await client.ProduceAsync(9, -1, "t", 0, RawBatch.Make(1, valueBytes: 2000)))!.LogStartOffset - 2);
        });
        Assert.Equal(20, kafka.ReadLog("t", 0)[^1].Offset);
        Assert.Equal(4, kafka.ReadBatches("t", 0).Count);
    }

    private static void Run(Func<Simulation, EmbeddedKafka, RawClient, Task> body)
    {
        using var simulation = new Simulation(42);
        var kafka = simulation.StartKafka(brokers: 2);
        kafka.CreateTopic("t");
        simulation.Run(async () => await body(simulation, kafka, await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[0])));
    }
}
