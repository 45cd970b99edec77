using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

public class DeterminismTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Equal_seeds_give_equal_runs(int seed)
    {
        var first = Run(seed);
        Assert.Equal(first, Run(seed));
    }

    private static (ulong Hash, long Steps, long Records) Run(int seed)
    {
        using var simulation = new Simulation(seed);
        var kafka = simulation.StartKafka(brokers: 3);
        kafka.CreateTopic("orders", 6);
        simulation.Run(async () =>
        {
            await using var producer = new KafkaProducer(new KafkaProducerOptions
            {
                BootstrapServers = kafka.BootstrapServers,
                Runtime = simulation.Runtime,
                Transport = simulation.Network,
                ClientId = "c",
            });
            await producer.SendAsync(new Record("orders", "hello"));
            producer.OnNext(new Record("orders", "hello", "k"));
            await await producer.EnqueueAsync(new Record("orders", "hello", "k2"));
            await producer.FlushAsync();
        });
        Assert.Equal(0, simulation.StepsOffThread);
        return (simulation.TraceHash, simulation.Steps, kafka.Counters.Records);
    }
}
