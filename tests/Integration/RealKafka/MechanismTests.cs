namespace Rx.Kafka.Integration.RealKafka;

/// <summary>Mechanisms that a listener has not enabled.</summary>
[Collection(RealKafkaGroup.Name)]
public sealed class MechanismTests(HalfEnabledNode cluster) : IClassFixture<HalfEnabledNode>
{
    public static TheoryData<SaslOptions, string, bool, string> Others => new()
    {
        { SaslOptions.Scram512("alice", "alice-secret"), "SCRAM-SHA-512", false, "PLAIN" },
        { SaslOptions.OAuthBearerUnsecured("alice"), "OAUTHBEARER", false, "SCRAM-SHA-256" },
        { SaslOptions.Gssapi(), "GSSAPI", false, "SCRAM-SHA-256" },
        { SaslOptions.Plain("alice", "alice-secret"), "PLAIN", true, "SCRAM-SHA-512" },
        { SaslOptions.Scram256("alice", "alice-secret"), "SCRAM-SHA-256", true, "OAUTHBEARER" },
        { SaslOptions.Gssapi(), "GSSAPI", true, "OAUTHBEARER" },
    };

    [KafkaTheory]
    [MemberData(nameof(Others))]
    public async Task A_mechanism_that_is_not_enabled_is_answered_with_those_that_are(SaslOptions sasl, string mechanism, bool isTls, string enabled)
    {
        await using var producer = cluster.NewProducer(options =>
        {
            options.BootstrapServers = [isTls ? cluster.SaslSslServers : cluster.SaslServers];
            options.Security = new() { Sasl = sasl, Tls = isTls ? new() { CaFile = Path.Combine(cluster.Certificates, "ca.pem") } : null };
        });

        var fault = await Assert.ThrowsAsync<KafkaProduceException>(() => producer.SendAsync(new Record("any", "value")).AsTask());

        Assert.Equal(ProduceErrorCode.Authentication, fault.Code);
        Assert.Contains($"has not enabled SASL {mechanism}; it has enabled", fault.Message, StringComparison.Ordinal);
        Assert.Contains(enabled, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("alice-secret", fault.ToString(), StringComparison.Ordinal);
    }
}
