namespace Rx.Kafka.Integration.RealKafka;

/// <summary>A test on a broker and a key distribution centre of its own; skipped, with the reason, where there cannot be one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KerberosTheoryAttribute : TheoryAttribute
{
    public KerberosTheoryAttribute() => Skip = new KafkaFactAttribute().Skip
        ?? (Kdc.IsInstalled ? null : "needs a key distribution centre: install krb5-kdc and krb5-admin-server");
}
