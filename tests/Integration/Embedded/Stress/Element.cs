namespace Rx.Kafka.Integration.Embedded.Stress;

/// <summary>What the sources of operators and typed sinks have.</summary>
/// <param name="Flow">Whose it is.</param>
/// <param name="Number">Which.</param>
/// <param name="Records">How many records are made of it; -1 = that function throws.</param>
internal sealed record Element(Flow Flow, int Number, int Records);
