using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Front-ends that close the connection on an ApiVersions request they do not know (design 4.11).</summary>
public class HandshakeFallbackTests
{
    [Theory]
    [InlineData(3, 2)]
    [InlineData(2, 3)]
    [InlineData(0, 3)]
    public void A_peer_that_closes_on_a_high_version_is_asked_with_a_lower_one_and_it_is_remembered(short highest, int dials)
    {
        var brokers = new EmbeddedKafkaOptions { ApiVersionsFallback = ApiVersionsFallback.ClosesConnection };
        brokers.Apis[ApiKey.ApiVersions] = new ApiRange(0, highest);
        var network = new AlteredNetwork();
        network.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                await world.Producer.ConnectAsync();
                Assert.Equal(dials, network.Dials.Count);
                await world.Succeed("first");
                Assert.Equal(dials + 1, network.Dials.Count);
                Assert.Equal(0, network.Dials[^1].At);
            },
            brokers: brokers);
    }

    [Fact]
    public void A_port_that_always_closes_fails_after_two_more_connects_and_may_want_TLS()
    {
        var network = new AlteredNetwork();
        network.Run(async world =>
        {
            world.Kafka.Faults.On(ApiKey.ApiVersions).CutConnection(afterAppend: false);
            var error = await Assert.ThrowsAsync<KafkaException>(async () => await world.Producer.ConnectAsync());
            Assert.Equal((3, 0), (network.Dials.Count, network.Dials[^1].At));
            Assert.Contains("may want TLS or SASL", error.Message, StringComparison.Ordinal);

            // Later attempts are one connect each.
            await world.Delay(60);
            Assert.Equal(4, network.Dials.Count);
            world.Kafka.Faults.Clear();
            await world.Producer.ConnectAsync();
        });
    }
}
