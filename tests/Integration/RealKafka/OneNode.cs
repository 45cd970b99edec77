namespace Rx.Kafka.Integration.RealKafka;

/// <summary>One broker that makes no topic by itself.</summary>
public sealed class OneNode() : Cluster("--set", "auto.create.topics.enable=false", "--brokers", "1");
