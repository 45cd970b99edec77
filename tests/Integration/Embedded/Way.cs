namespace Rx.Kafka.Integration.Embedded;

/// <summary>The ways into a producer.</summary>
public enum Way
{
    Push,
    Send,
    Enqueue,
}
