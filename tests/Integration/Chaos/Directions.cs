namespace Rx.Kafka.Integration.Chaos;

/// <summary>Which way bytes go.</summary>
[Flags]
internal enum Directions
{
    None = 0,
    ToBroker = 1,
    ToClient = 2,
    Both = ToBroker | ToClient,
}
