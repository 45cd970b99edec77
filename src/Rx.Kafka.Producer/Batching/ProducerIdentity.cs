namespace Rx.Kafka.Batching;

/// <summary>Who wrote a batch: producer id and epoch; −1 and −1 without idempotence.</summary>
internal readonly record struct ProducerIdentity(long Id, short Epoch)
{
    public static ProducerIdentity None { get; } = new(-1, -1);

    public bool IsNone => Id < 0;
}
