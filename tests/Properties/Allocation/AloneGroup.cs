namespace Rx.Kafka.Properties.Allocation;

/// <summary>Tests that measure the whole process: they run one after the other, and nothing else runs beside them.</summary>
[CollectionDefinition(nameof(AloneGroup), DisableParallelization = true)]
public sealed class AloneGroup;
