namespace Rx.Kafka.Integration.RealKafka;

/// <summary>One broker that checks rights, and whose SASL sessions last five seconds; it issues delegation tokens.</summary>
public sealed class SecureNode() : Cluster("--brokers", "1", "--acl", "--reauth-ms", "5000", "--set", "delegation.token.secret.key=of-these-tests");
