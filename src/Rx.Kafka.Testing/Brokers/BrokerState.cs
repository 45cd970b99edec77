namespace Rx.Kafka.Testing.Brokers;

internal enum BrokerState
{
    Up,
    Stopped,
    Mute,
}
