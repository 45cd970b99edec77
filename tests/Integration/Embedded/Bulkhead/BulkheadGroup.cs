namespace Rx.Kafka.Integration.Embedded.Bulkhead;

/// <summary>Measurements: nothing else runs beside them. They share one table.</summary>
[CollectionDefinition(nameof(BulkheadGroup), DisableParallelization = true)]
public sealed class BulkheadGroup : ICollectionFixture<BulkheadTable>;
