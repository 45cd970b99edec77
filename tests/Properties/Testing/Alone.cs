namespace Rx.Kafka.Properties.Testing;

/// <summary>Tests that measure the whole process: they run when no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class Alone
{
    internal const string Name = "alone";
}
