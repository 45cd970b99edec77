namespace Rx.Kafka.Integration.RealKafka;

/// <summary>One broker whose SSL listener wants a client certificate; its other listeners with TLS do not.</summary>
public sealed class TlsNode() : Cluster("--brokers", "1", "--set", "listener.name.ssl.ssl.client.auth=required");
