namespace Rx.Kafka.Batching;

/// <summary>What a batch keeps of one record for its face: its index in the batch and its time as a delta to the batch's first record.</summary>
internal readonly record struct RecordFact(int Index, int TimeDelta);
