using Rx.Kafka.Properties.Scenarios;
using Rx.Kafka.Testing;
using static Rx.Kafka.Properties.Telemetry.TelemetryWorld;

namespace Rx.Kafka.Properties.Telemetry;

/// <summary>L58: what is pushed, when, and to whom.</summary>
public sealed class PushTests
{
    private const int MetricsFailed = 215;

    [Fact]
    [Law("L58")]
    public void Brokers_that_cannot_ask_are_sent_nothing() => ProducerWorld.Run(async world =>
    {
        world.Kafka.CreateTopic("t");
        await world.Succeed("v");
        await world.Delay(Interval.TotalMilliseconds * 20);
        await world.Producer.DisposeAsync();
        Assert.Equal((0, 0), (world.Questions(), world.Pushes()));
        Assert.Equal(0, world.Kafka.Counters.Malformed);
    });

    [Fact]
    [Law("L58")]
    public void A_producer_that_shall_push_none_asks_nothing() => Run(
        async world =>
        {
            await world.SendMany(3);
            await world.Delay(Interval.TotalMilliseconds * 20);
            Assert.Equal((0, 0), (world.Questions(), world.Pushes()));
        },
        configure: static options => options.EnableMetricsPush = false);

    // The brokers refuse (89) what comes early.
    [Fact]
    [Law("L58")]
    public void Pushes_keep_the_interval_and_producers_spread_their_first()
    {
        var firsts = new List<double>();
        for (var seed = 1; seed <= 20; seed++)
        {
            Run(
                async world =>
                {
                    var began = world.Kafka.Telemetry.Pushes.Count;
                    await world.SendMany(2);
                    await world.Delay(Interval.TotalMilliseconds * 10);
                    var at = world.Kafka.Telemetry.Pushes.Select(static push => push.At).ToList();
                    Assert.Equal((0, 1), (began, world.Questions()));
                    Assert.Equal(at.Count, world.Pushes());
                    Assert.InRange(at.Count, 9, 10);
                    Assert.All(at.Zip(at.Skip(1), static (a, b) => b - a), static gap => Assert.InRange(gap, Interval, Interval + TimeSpan.FromMilliseconds(20)));
                    firsts.Add((at[0] - world.Simulation.Time.GetUtcNow() + world.Now) / Interval);
                },
                setup: new Setup { LatencyMs = 5 },
                seed: seed);
        }

        Assert.All(firsts, static first => Assert.InRange(first, 0.5, 1.51));
        Assert.True(firsts.Max() - firsts.Min() > 0.5, string.Join(' ', firsts));
    }

    [Fact]
    [Law("L58")]
    public void A_push_after_a_slow_one_does_not_come_too_early()
    {
        var log = new EventLog();
        Run(
            static async world =>
            {
                for (var i = 0; i < 10; i++)
                {
                    world.Simulation.Network.Latency = TimeSpan.FromMilliseconds(i % 2 == 0 ? 400 : 0);
                    await world.Delay(Interval.TotalMilliseconds);
                }

                Assert.InRange(world.Pushes(), 8, 10);
            },
            log: log);
        Assert.Equal([], log.Events.Where(static e => e.Id == MetricsFailed).Select(static e => e.Text));
    }

    [Theory]
    [Law("L58")]
    [InlineData(true)]
    [InlineData(false)]
    public void Sums_tell_each_record_once_also_where_pushes_are_lost(bool isDelta) => Run(
        async world =>
        {
            world.Kafka.Faults.On(ApiKey.PushTelemetry).CutConnection(afterAppend: false).Skip(1).Times(2);
            var began = world.Simulation.Time.GetUtcNow();
            for (var i = 0; i < 10; i++)
            {
                await world.SendMany(7);
                await world.Delay(Interval.TotalMilliseconds);
            }

            await world.Producer.DisposeAsync();
            foreach (var (name, expected) in new[] { ("record.send.total", 70d), ("topic.record.send.total", 70d), ("record.error.total", 0d), ("connection.creation.total", 3d) })
            {
                var points = world.Points(name);
                Assert.Equal(expected, isDelta ? points.Sum(static point => point.Value) : points.Count > 0 ? points[^1].Value : 0);
                Assert.All(points, point => Assert.True(point is { IsSum: true, IsMonotonic: true } && point.IsDelta == isDelta));
            }

            // One interval begins where the last one that was taken ended, or all begin together.
            var sums = world.Points("record.send.total");
            Assert.All(sums.Zip(sums.Skip(1)), pair => Assert.Equal(isDelta ? pair.First.At : pair.First.Since, pair.Second.Since));
            Assert.InRange(sums[0].Since!.Value, began - TimeSpan.FromSeconds(1), began);
        },
        Everything with { DeltaTemporality = isDelta });

    [Fact]
    [Law("L58")]
    public void What_is_wanted_anew_is_pushed_from_the_next_time_on() => Run(
        async world =>
        {
            await world.Delay(Interval.TotalMilliseconds * 2);
            var before = world.Kafka.Telemetry.Pushes.Count;
            world.Kafka.Telemetry.Subscription = Everything with { Metrics = ["org.apache.kafka.producer.buffer.", "org.apache.kafka.consumer."], PushInterval = Interval / 2 };
            await world.Delay(Interval.TotalMilliseconds * 4);
            var after = world.Kafka.Telemetry.Pushes.Skip(before).ToList();
            Assert.InRange(after.Count, 4, 7);
            Assert.All(after, static push => Assert.Equal(["org.apache.kafka.producer.buffer.total.bytes"], OtlpReader.Read(push.Metrics).Select(static point => point.Name)));
            Assert.Single(world.Kafka.Telemetry.Pushes.Select(static push => push.ClientInstanceId).Distinct());

            // No metric, and all again.
            world.Kafka.Telemetry.Subscription = Everything with { Metrics = [] };
            await world.Delay(Interval.TotalMilliseconds * 4);
            var (pushes, questions) = (world.Kafka.Telemetry.Pushes.Count, world.Questions());
            await world.Delay(Interval.TotalMilliseconds * 4);
            Assert.Equal((pushes, questions + 4), (world.Kafka.Telemetry.Pushes.Count, world.Questions()));
            world.Kafka.Telemetry.Subscription = Everything with { Metrics = [""] };
            await world.Delay(Interval.TotalMilliseconds * 4);
            Assert.InRange(world.Kafka.Telemetry.Pushes.Count - pushes, 2, 3);
        });

    [Fact]
    [Law("L58")]
    public void When_the_broker_is_lost_another_one_gets_the_same() => Run(
        async world =>
        {
            await world.Delay(Interval.TotalMilliseconds * 2);
            var first = world.Kafka.Telemetry.Pushes[0];
            world.Kafka.Stop(first.Broker);
            await world.Delay(Interval.TotalMilliseconds * 3);
            var last = world.Kafka.Telemetry.Pushes[^1];
            Assert.NotEqual(first.Broker, last.Broker);
            Assert.Equal((first.ClientInstanceId, first.SubscriptionId), (last.ClientInstanceId, last.SubscriptionId));
            Assert.Equal(1, world.Questions());
        },
        setup: new Setup { Brokers = 3 });

    [Fact]
    [Law("L58")]
    public void Gauges_tell_of_one_interval_and_of_each_broker() => Run(
        async world =>
        {
            world.Kafka.Faults.On(ApiKey.Produce).Broker(2).DelayResponse(TimeSpan.FromMilliseconds(30)).Times(1);
            await world.SendMany(30);
            await world.Delay(Interval.TotalMilliseconds * 1.6);
            var slowest = world.Points("node.request.latency.max").ToDictionary(static point => point.Attributes["node_id"], static point => point.Value);
            Assert.Equal(["node-1", "node-2", "node-3"], slowest.Keys.Order());
            Assert.Equal(30, slowest["node-2"], tolerance: 1);
            Assert.InRange(slowest["node-1"], 0, 1);
            Assert.Equal(30, Assert.Single(world.Points("request.latency.max")).Value, tolerance: 1);
            Assert.Equal(30, Assert.Single(world.Points("topic.record.send.total"), static point => point.Attributes["topic"] == "t").Value);
            Assert.All(world.Points("produce.throttle.time.max"), static point => Assert.Equal(0, point.Value));
            Assert.Equal("zone-7", OtlpReader.Resource(world.Kafka.Telemetry.Pushes[0].Metrics)["client_rack"]);

            // Nothing was sent since: there is no latency to tell.
            var pushes = world.Kafka.Telemetry.Pushes.Count;
            await world.Delay(Interval.TotalMilliseconds);
            Assert.DoesNotContain(OtlpReader.Read(world.Kafka.Telemetry.Pushes[pushes].Metrics), static point => point.Name.Contains("latency", StringComparison.Ordinal));
        },
        setup: new Setup { Brokers = 3 },
        configure: static options => options.ClientRack = "zone-7");

    [Theory]
    [Law("L58")]
    [InlineData(CompressionType.Zstd, CompressionType.Zstd, CompressionType.Gzip)]
    [InlineData(CompressionType.Lz4, CompressionType.Lz4)]
    [InlineData(CompressionType.Snappy, (CompressionType)17, CompressionType.Snappy, CompressionType.Zstd)]
    [InlineData(CompressionType.Gzip, CompressionType.Gzip)]
    [InlineData(CompressionType.None)]
    public void The_first_codec_that_both_know_is_used(CompressionType expected, params CompressionType[] accepted) => Run(
        async world =>
        {
            await world.Delay(Interval.TotalMilliseconds * 2);
            Assert.Equal(expected, world.Kafka.Telemetry.Pushes[0].Compression);
            Assert.Equal(world.Pushes(), world.Kafka.Telemetry.Pushes.Count);
            Assert.NotEmpty(OtlpReader.Read(world.Kafka.Telemetry.Pushes[0].Metrics));
        },
        Everything with { Compression = accepted });
}
