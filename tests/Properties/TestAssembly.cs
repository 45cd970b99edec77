namespace Rx.Kafka.Tests;

/// <summary>What xunit must be told to find our own attributes.</summary>
internal static class TestAssembly
{
    public const string Name = "Rx.Kafka.Properties";
}
