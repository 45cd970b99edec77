namespace Rx.Kafka.Sending;

/// <summary>Something posted to a loop's mailbox by another thread.</summary>
internal interface IMail
{
    /// <summary>On the loop that owns the mailbox.</summary>
    void Deliver();
}
