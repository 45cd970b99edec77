namespace Rx.Kafka.Batching;

/// <summary>The records of a batch from <see cref="FirstIndex"/> up to the next range share a base offset or an error.</summary>
internal readonly record struct OutcomeRange(int FirstIndex, long BaseOffset, ProduceError? Error);
