namespace Rx.Kafka.Batching;

/// <summary>Where a record was placed.</summary>
/// <param name="Bytes">By how much the partition's batches grew, a new batch's header included: what the sticky partitioner counts.</param>
/// <param name="AllFull">Whether no batch of the partition has room left.</param>
/// <param name="Receipt">The awaitable, when the record is awaited by a receipt.</param>
/// <param name="Token">The record's token in the receipt.</param>
internal readonly record struct Placement(int Bytes, bool AllFull, Receipt? Receipt, short Token);
