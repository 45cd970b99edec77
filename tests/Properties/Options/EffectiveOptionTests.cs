using Rx.Kafka.Options;

namespace Rx.Kafka.Properties.Options;

/// <summary>What options mean together, as in the Java client: K1, K20 (names of clients), K23.</summary>
[Properties(Arbitrary = [typeof(OptionGenerators)])]
public sealed class EffectiveOptionTests
{
    [Property]
    public bool Idempotence_is_on_unless_refused_or_impossible(KafkaProducerOptions o)
    {
        var possible = o.RequiredAcks == RequiredAcks.All && o.Retries > 0 && o.MaxInFlightRequestsPerConnection <= 5;
        return o.EffectiveIdempotence == (o.EnableIdempotence ?? possible);
    }

    [Property]
    public void Delivery_may_take_at_least_linger_and_one_request(KafkaProducerOptions o)
    {
        // In ticks: a sum of milliseconds as fractions may be a little more than its parts.
        var longest = TimeSpan.FromMilliseconds(int.MaxValue);
        var least = TimeSpan.FromTicks(Math.Min((o.Linger + o.RequestTimeout).Ticks, longest.Ticks));
        Assert.InRange(o.EffectiveDeliveryTimeout, least, longest);
        Assert.Equal(o.DeliveryTimeout ?? TimeSpan.FromTicks(Math.Max(TimeSpan.FromMinutes(2).Ticks, least.Ticks)), o.EffectiveDeliveryTimeout);
    }

    [Property]
    public bool A_back_off_never_starts_above_its_maximum(KafkaProducerOptions o) =>
        o.EffectiveRetryBackoff <= o.RetryBackoffMax
        && o.EffectiveReconnectBackoff <= o.EffectiveReconnectBackoffMax
        && o.EffectiveConnectionSetupTimeout <= o.ConnectionSetupTimeoutMax;

    [Theory]
    [InlineData(null, null, 50, 1000)]
    [InlineData(50, null, 50, 50)]
    [InlineData(3000, null, 3000, 3000)]
    [InlineData(null, 20, 20, 20)]
    [InlineData(100, 2000, 100, 2000)]
    public void Only_the_first_reconnect_pause_set_means_that_pause_always(int? first, int? longest, int effectiveFirst, int effectiveLongest)
    {
        var options = new KafkaProducerOptions();
        if (first is { } value)
        {
            options.ReconnectBackoff = TimeSpan.FromMilliseconds(value);
        }

        options.ReconnectBackoffMax = longest is { } most ? TimeSpan.FromMilliseconds(most) : null;
        Assert.Equal(effectiveFirst, options.EffectiveReconnectBackoff.TotalMilliseconds);
        Assert.Equal(effectiveLongest, options.EffectiveReconnectBackoffMax.TotalMilliseconds);
    }

    [Fact]
    public void Only_adaptive_partitioning_leaves_brokers_out()
    {
        var options = new KafkaProducerOptions { PartitionAvailabilityTimeout = TimeSpan.FromSeconds(1), Partitioner = Partitioners.ConsistentRandom };
        Assert.Equal(TimeSpan.FromSeconds(1), options.EffectivePartitionAvailabilityTimeout);
        Assert.Equal(TimeSpan.Zero, (options with { AdaptivePartitioning = false }).EffectivePartitionAvailabilityTimeout);
    }

    [Fact]
    public void Clients_without_a_name_are_counted()
    {
        var options = new KafkaProducerOptions();
        var (one, two) = (options.EffectiveClientId(), options.EffectiveClientId());
        Assert.StartsWith("rx-kafka-", one, StringComparison.Ordinal);
        Assert.NotEqual(one, two);
        Assert.Equal("mine", (options with { ClientId = "mine" }).EffectiveClientId());
    }

    [Fact]
    public void A_frozen_copy_does_not_see_later_changes()
    {
        var options = new KafkaProducerOptions { BootstrapServers = ["a:1"] };
        var frozen = options.Frozen();
        Assert.Equal(options, frozen);
        options.BootstrapServers.Add("b:2");
        options.Retries = 1;
        Assert.Equal(["a:1"], frozen.BootstrapServers);
        Assert.Equal(int.MaxValue, frozen.Retries);
    }
}
