namespace Rx.Kafka.Batching;

/// <summary>The records of a batch from <see cref="FirstIndex"/> up to the next range share an error, or a base offset and a time.</summary>
/// <param name="FirstIndex">The first record's number in its batch.</param>
/// <param name="BaseOffset">The first record's offset; −1 where the broker cannot say.</param>
/// <param name="Error">Why they failed; null = they did not.</param>
/// <param name="AppendTime">The broker's log-append time in milliseconds since 1970, or −1.</param>
internal readonly record struct OutcomeRange(int FirstIndex, long BaseOffset, ProduceError? Error, long AppendTime = -1);
