namespace Rx.Kafka.Integration.RealKafka;

/// <summary>One broker that takes GSSAPI too, and the key distribution centre of its realm.</summary>
public sealed class KerberosNode : Cluster
{
    private const string Key = "gssapi.sasl.jaas.config=com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true isInitiator=false ";

    private readonly Kdc _kdc;

    public KerberosNode()
        : this(new Kdc())
    {
    }

    private KerberosNode(Kdc kdc)
        : base(
            "--brokers",
            "1",
            "--set",
            "sasl.enabled.mechanisms=GSSAPI,SCRAM-SHA-512",
            "--set",
            "sasl.kerberos.service.name=kafka",
            "--set",
            $"listener.name.sasl_plaintext.{Key}keyTab=\"{kdc.BrokerKeytab}\" principal=\"{Kdc.Broker}@{Kdc.Realm}\";",
            "--set",
            $"listener.name.sasl_ssl.{Key}keyTab=\"{kdc.BrokerKeytab}\" principal=\"{Kdc.Broker}@{Kdc.Realm}\";") => _kdc = kdc;

    /// <inheritdoc cref="Kdc.ElsewhereAsync"/>
    internal Task<string> ElsewhereAsync(int port) => _kdc.ElsewhereAsync(port);

    /// <summary>What a client's system library must know.</summary>
    /// <param name="hasKeytab">Whether it has its key; else it has no ticket either.</param>
    /// <param name="configuration">The realm's; null = the right one.</param>
    internal IReadOnlyDictionary<string, string> Client(bool hasKeytab, string? configuration = null) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["KRB5_CONFIG"] = configuration ?? _kdc.Configuration,
        ["KRB5CCNAME"] = "MEMORY:",
        ["KRB5_CLIENT_KTNAME"] = hasKeytab ? _kdc.ClientKeytab : _kdc.ClientKeytab + ".missing",
    };

    protected override IReadOnlyDictionary<string, string> ScriptVariables => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["KAFKA_JVM_OPTS"] = $"-Djava.security.krb5.conf={_kdc.Configuration}",
    };

    public override async Task InitializeAsync()
    {
        if (Environs.Script is not null && Kdc.IsInstalled)
        {
            await _kdc.StartAsync();
            await base.InitializeAsync();
        }
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _kdc.DisposeAsync();
    }
}
