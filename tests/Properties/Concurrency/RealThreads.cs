namespace Rx.Kafka.Properties.Concurrency;

/// <summary>Laws about real threads and real time run alone: beside other tests they would measure those.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealThreads
{
    public const string Name = "real threads";
}
