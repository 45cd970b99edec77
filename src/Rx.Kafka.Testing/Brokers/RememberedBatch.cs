namespace Rx.Kafka.Testing.Brokers;

/// <summary>A batch the broker can recognize when it comes again.</summary>
internal sealed record RememberedBatch(int FirstSequence, int LastSequence, long BaseOffset, long MaxTimestamp);
