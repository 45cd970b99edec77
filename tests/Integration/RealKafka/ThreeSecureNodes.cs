namespace Rx.Kafka.Integration.RealKafka;

/// <summary>Three brokers whose SASL sessions, inside TLS, last five seconds.</summary>
public sealed class ThreeSecureNodes() : Cluster("--brokers", "3", "--reauth-ms", "5000")
{
    public override SecurityOptions? Security => new()
    {
        Tls = new() { CaFile = Path.Combine(Certificates, "ca.pem") },
        Sasl = SaslOptions.Scram512("alice", "alice-secret"),
    };
}
