using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded;

/// <summary>A partition that loses its leader goes to another loop, and a purge or a dispose gives up what that loop has: on real threads they meet in the middle.</summary>
public sealed class GivenUpOnTheMoveTests
{
    private const int Partitions = 300;
    private const int Rounds = 10;
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(40);

    // L22, L39
    [Fact]
    [Law("L22", "L39")]
    public async Task Records_on_the_move_are_decided_once()
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 3);
        kafka.CreateTopic("t", Partitions);
        for (var round = 0; round < Rounds; round++)
        {
            var decided = new Watcher<Delivery<Record>>();
            await using var producer = new KafkaProducer(
                new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, BatchSize = 1, Linger = TimeSpan.Zero, MetadataMaxAge = TimeSpan.FromMilliseconds(20), RetryBackoff = TimeSpan.FromMilliseconds(1) }, log);
            using var subscription = producer.Deliveries.Subscribe(decided);
            await producer.GetPartitionsAsync("t");
            for (var i = 0; i < 10 * Partitions; i++)
            {
                producer.OnNext(new Record("t", "v") { Partition = i % Partitions });
                if (i == 5 * Partitions)
                {
                    ForEach(partition => kafka.MoveLeader("t", partition, -1));
                }
            }

            for (var purge = 0; purge < 20; purge++)
            {
                await producer.PurgeAsync().AsTask().WaitAsync(Late);
            }

            producer.OnCompleted();
            await producer.Completion.WaitAsync(Late);
            Assert.Equal(10 * Partitions, decided.Seen.Count);
            Assert.Empty(log.Errors);
            ForEach(partition => kafka.MoveLeader("t", partition, 1 + (partition % 3)));
        }
    }

    private static void ForEach(Action<int> partition)
    {
        for (var i = 0; i < Partitions; i++)
        {
            partition(i);
        }
    }
}
