namespace Rx.Kafka.Integration.RealKafka;

/// <summary>One broker of Kafka 1.1.1: no flexible message, no topic id, no leader epoch.</summary>
public sealed class OldBroker() : Cluster("--old");
