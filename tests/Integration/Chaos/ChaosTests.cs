using Rx.Kafka.Integration.RealKafka;
using Xunit.Abstractions;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>L22–L25, L41 on real brokers.</summary>
[Collection(RealKafkaGroup.Name)]
public sealed class ChaosTests(ThreeNodes cluster, ITestOutputHelper output) : ChaosRun(cluster, output), IClassFixture<ThreeNodes>
{
    [KafkaFact]
    [Law("L22", "L23", "L24", "L25", "L41")]
    public Task Nothing_is_lost_twice_or_out_of_order_under_fire_and_every_outcome_agrees_with_the_log() => PlayAsync();
}

/// <summary>
/// The same inside TLS, where each connection must be authenticated, and renewed every five seconds. No transport of the tests is between:
/// the brokers give the proxies' ports as theirs.
/// </summary>
[Collection(RealKafkaGroup.Name)]
public sealed class SaslChaosTests(ThreeSecureNodes cluster, ITestOutputHelper output) : ChaosRun(cluster, output), IClassFixture<ThreeSecureNodes>
{
    [KafkaFact]
    [Law("L22", "L23", "L24", "L25", "L41")]
    public Task Nothing_is_lost_twice_or_out_of_order_under_fire_while_sessions_are_renewed() => PlayAsync();
}
