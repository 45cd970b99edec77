namespace Rx.Kafka.Metadata;

/// <summary>What makes batches idempotent, as a broker hands it out.</summary>
internal readonly record struct ProducerId(long Id, short Epoch);
