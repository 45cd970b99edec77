namespace Rx.Kafka.Batching;

/// <summary>Why an attempt to send a batch failed.</summary>
/// <param name="Error">Kafka's name of the error: one of few, for counters.</param>
/// <param name="Text">The same with who said so, for people.</param>
internal sealed record AttemptFailure(string Error, string Text)
{
    public override string ToString() => Text;
}

/// <summary>Who wrote a batch: producer id and epoch; −1 and −1 without idempotence.</summary>
internal readonly record struct ProducerIdentity(long Id, short Epoch)
{
    public static ProducerIdentity None { get; } = new(-1, -1);

    public bool IsNone => Id < 0;
}
