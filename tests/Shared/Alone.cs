namespace Rx.Kafka.Tests;

/// <summary>Tests of real threads, real time or the whole process run alone: beside other tests they would measure those.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
