using System.Text;
using Confluent.Kafka;

namespace Rx.Kafka.Integration.Migration;

/// <summary>What docs/migrating-from-confluent.md shows of Confluent.Kafka; each method runs on embedded brokers.</summary>
internal static class ConfluentSnippets
{
    public static Task Create(string servers)
    {
        // snippet: confluent-create
        var config = new ProducerConfig
        {
            BootstrapServers = servers,
            Acks = Acks.All,
            EnableIdempotence = true,
            LingerMs = 5,
        };
        using var producer = new ProducerBuilder<string, string>(config)
            .SetLogHandler((_, log) => Console.Error.WriteLine(log.Message))
            .SetErrorHandler((_, error) => Console.Error.WriteLine(error.Reason))
            .Build();
        // end
        return Task.CompletedTask;
    }

    public static async Task Keep(string servers)
    {
        var config = new ProducerConfig { BootstrapServers = servers, LingerMs = 5 };

        // snippet: confluent-keep
        var options = KafkaProducerOptions.FromProperties(config).LibrdkafkaCompatible(); // without the last call if it names a partitioner
        await using var producer = new KafkaProducer(options);
        // end
    }

    public static async Task Await(string servers)
    {
        using var producer = New(servers);

        // snippet: confluent-await
        var report = await producer.ProduceAsync("orders", new Message<string, string> { Key = "id", Value = "order" });
        Console.WriteLine($"{report.TopicPartitionOffset}");
        // end
    }

    public static async Task Failure(string servers)
    {
        using var producer = New(servers);

        // snippet: confluent-failure
        try
        {
            await producer.ProduceAsync("orders", new Message<string, string> { Key = "id", Value = "order" });
        }
        catch (ProduceException<string, string> e) when (e.DeliveryResult.Status == PersistenceStatus.NotPersisted)
        {
            Console.Error.WriteLine($"{e.Error.Code}: {e.Error.Reason}"); // safe to send again
        }
        // end
    }

    public static async Task Many(string servers)
    {
        using var producer = New(servers);
        string[] values = ["a", "b", "c"];

        // snippet: confluent-many
        var reports = await Task.WhenAll(values.Select(value =>
            producer.ProduceAsync("orders", new Message<string, string> { Value = value })));
        // end
        Assert.Equal(values.Length, reports.Length);
    }

    public static Task Handler(string servers)
    {
        using var producer = New(servers);

        // snippet: confluent-handler
        while (true)
        {
            try
            {
                producer.Produce("orders", new Message<string, string> { Value = "order" }, report =>
                {
                    if (report.Error.IsError)
                    {
                        Console.Error.WriteLine(report.Error.Reason);
                    }
                });
                break;
            }
            catch (ProduceException<string, string> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(100));
            }
        }
        // end
        producer.Flush();
        return Task.CompletedTask;
    }

    public static async Task Details(string servers)
    {
        using var producer = New(servers);
        await producer.ProduceAsync("orders", new Message<string, string> { Value = "first" });

        // snippet: confluent-details
        await producer.ProduceAsync(new TopicPartition("orders", new Partition(0)), new Message<string, string>
        {
            Key = "id",
            Value = null!, // a tombstone
            Headers = new Headers { { "trace", Encoding.UTF8.GetBytes("abc") } },
            Timestamp = new Timestamp(DateTimeOffset.UnixEpoch),
        });
        // end
    }

    public static Task End(string servers)
    {
        var producer = New(servers);

        // snippet: confluent-end
        var left = producer.Flush(TimeSpan.FromSeconds(10));
        producer.Dispose(); // what is left is lost
        // end
        Assert.Equal(0, left);
        return Task.CompletedTask;
    }

    public static async Task Serializer(string servers)
    {
        // snippet: confluent-serializer
        using var producer = new ProducerBuilder<string, int>(new ProducerConfig { BootstrapServers = servers })
            .SetKeySerializer(Serializers.Utf8)
            .SetValueSerializer(Serializers.Int32)
            .Build();
        await producer.ProduceAsync("numbers", new Message<string, int> { Key = "id", Value = 42 });
        // end
    }

    public static Task Partitioner(string servers)
    {
        // snippet: confluent-partitioner
        var config = new ProducerConfig { BootstrapServers = servers, Partitioner = Confluent.Kafka.Partitioner.Murmur2Random };
        using var producer = new ProducerBuilder<string, string>(config)
            .SetPartitioner("audit", (topic, partitionCount, keyData, keyIsNull) => keyIsNull ? 0 : keyData.Length % partitionCount)
            .Build();
        // end
        return Task.CompletedTask;
    }

    public static Task Partitions(string servers)
    {
        // snippet: confluent-partitions
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = servers }).Build();
        var partitions = admin.GetMetadata("orders", TimeSpan.FromSeconds(10)).Topics[0].Partitions;
        // end
        Assert.NotNull(partitions);
        return Task.CompletedTask;
    }

    private static IProducer<string, string> New(string servers) =>
        new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = servers }).Build();
}
