namespace Rx.Kafka.Integration.RealKafka;

/// <summary>Real clusters run one at a time and beside no other test: three brokers are enough for one machine.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealKafkaGroup : ICollectionFixture<LinesFile>
{
    public const string Name = "real Kafka";
}
