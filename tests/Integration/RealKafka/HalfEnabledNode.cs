namespace Rx.Kafka.Integration.RealKafka;

/// <summary>One broker whose SASL_PLAINTEXT listener takes two mechanisms, and its SASL_SSL listener two others.</summary>
public sealed class HalfEnabledNode() : Cluster(
    "--brokers",
    "1",
    "--set",
    "listener.name.sasl_plaintext.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256",
    "--set",
    "listener.name.sasl_ssl.sasl.enabled.mechanisms=SCRAM-SHA-512,OAUTHBEARER");
