using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Network;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Properties.Network;

// Carries N5 (a version nobody shares).
public sealed class ApiVersionTableTests
{
    [Fact]
    public void The_version_picked_is_the_highest_that_both_sides_and_the_limit_allow()
    {
        var cases = from key in Gen.Elements(ApiKey.Produce, ApiKey.Metadata, ApiKey.ApiVersions, ApiKey.InitProducerId)
                    from min in Gen.Choose(-1, 15)
                    from max in Gen.Choose(-1, 15)
                    from limit in Gen.Choose(0, 15)
                    select (Key: key, Min: (short)min, Max: (short)max, Limit: (short)limit);
        Law.Check("version choice", cases, c =>
        {
            var table = new ApiVersionTable([new ApiVersionRange((short)c.Key, c.Min, c.Max), new ApiVersionRange(77, 0, 3)]);
            var (ourMin, ourMax) = ApiVersion.Supported(c.Key);
            var shared = Enumerable.Range(0, 16).Where(v => v >= ourMin && v <= ourMax && v >= c.Min && v <= c.Max && v <= c.Limit).ToList();
            Assert.Equal(shared.Count > 0, table.TryPick(c.Key, c.Limit, out var picked));
            Assert.True(shared.Count == 0 || shared.Max() == picked);
        });
    }

    [Fact]
    public void Produce_below_3_is_never_picked_though_Kafka_4_advertises_it()
    {
        Assert.False(new ApiVersionTable([new ApiVersionRange(0, 0, 2)]).Supports(ApiKey.Produce));
        Assert.True(new ApiVersionTable([new ApiVersionRange(0, 0, 13)]).TryPick(ApiKey.Produce, short.MaxValue, out var version));
        Assert.Equal(13, version);
    }

    [Fact]
    public void What_the_broker_does_not_offer_is_not_supported() => Assert.False(new ApiVersionTable([]).Supports(ApiKey.Metadata));
}
