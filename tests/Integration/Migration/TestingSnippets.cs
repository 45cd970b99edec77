using Confluent.Kafka;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Migration;

/// <summary>What docs/testing.md shows.</summary>
internal static class TestingSnippets
{
    public static async Task WholeApplication(string servers)
    {
        Assert.NotEmpty(servers); // of brokers that this one does not need

        // snippet: testing-whole-application
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 3);
        kafka.CreateTopic("orders", partitions: 6);

        // Your application, which produces:
        await using (var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers }))
        {
            await producer.SendAsync(new Record("orders", "id-1", "order"));
        }

        // Your other application, which consumes, by whatever client:
        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = string.Join(',', kafka.BootstrapServers),
            GroupId = "billing",
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        consumer.Subscribe("orders");
        var order = consumer.Consume(TimeSpan.FromSeconds(30));
        consumer.Close(); // commits

        Assert.Equal("order", order.Message.Value);
        Assert.Equal(order.Offset.Value + 1, kafka.CommittedOffset("billing", "orders", order.Partition.Value));
        Assert.Empty(kafka.Groups.Single().Members);
        // end
    }
}
