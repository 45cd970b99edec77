namespace Rx.Kafka.Sending;

/// <summary>A rare message to a loop; answers, which are frequent, are their own mail.</summary>
internal sealed class Mail(Action deliver) : IMail
{
    public void Deliver() => deliver();
}
