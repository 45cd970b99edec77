namespace Rx.Kafka.Batching;

/// <summary>Why an attempt to send a batch failed.</summary>
/// <param name="Error">Kafka's name of the error: one of few, for counters.</param>
/// <param name="Text">The same with who said so, for people.</param>
internal sealed record AttemptFailure(string Error, string Text)
{
    public override string ToString() => Text;
}
