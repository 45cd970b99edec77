namespace Rx.Kafka.Integration.RealKafka;

/// <summary>Three brokers, three replicas of each partition, of which two must be in sync.</summary>
public sealed class ThreeNodes() : Cluster("--brokers", "3");
