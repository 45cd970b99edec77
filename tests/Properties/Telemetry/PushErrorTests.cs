using Rx.Kafka.Properties.Scenarios;
using Rx.Kafka.Testing;
using static Rx.Kafka.Properties.Telemetry.TelemetryWorld;

namespace Rx.Kafka.Properties.Telemetry;

/// <summary>L58: what brokers answer to pushes and questions, and how a producer ends.</summary>
public sealed class PushErrorTests
{
    [Theory]
    [Law("L58")]
    [InlineData(42)]
    [InlineData(87)]
    [InlineData(35)]
    public void A_refusal_for_good_ends_it(short code)
    {
        var log = new EventLog();
        Run(
            async world =>
            {
                world.Kafka.Faults.On(ApiKey.PushTelemetry).Fail(code);
                await world.Delay(Interval.TotalMilliseconds * 10);
                await world.Producer.DisposeAsync();
                Assert.Equal((1, 1), (world.Questions(), world.Pushes()));
                Assert.Equal(1, log.Count(214));
            },
            log: log);
    }

    [Theory]
    [Law("L58")]
    [InlineData(-1)]
    [InlineData(89)]
    [InlineData(29)]
    public void Other_errors_pass_and_the_interval_stays(short code) => Run(
        async world =>
        {
            world.Kafka.Faults.On(ApiKey.PushTelemetry).Fail(code).Times(3);
            await world.Delay(Interval.TotalMilliseconds * 10);
            Assert.Equal(1, world.Questions());
            Assert.Equal(world.Pushes() - 3, world.Kafka.Telemetry.Pushes.Count);
            Assert.InRange(world.Pushes(), 9, 10);
        });

    // Five minutes is what nobody has said otherwise.
    [Fact]
    [Law("L58")]
    public void A_question_that_fails_is_asked_again_after_five_minutes() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            world.Kafka.Faults.On(ApiKey.GetTelemetrySubscriptions).CutConnection(afterAppend: false).Times(1);
            world.Kafka.Faults.On(ApiKey.GetTelemetrySubscriptions).Fail(117).Skip(1).Times(1);
            await world.Succeed("v");
            await world.Delay(299_000);
            Assert.Equal(1, world.Questions());
            await world.Delay(300_000);
            Assert.Equal(2, world.Questions());
            await world.Delay(300_000);
            Assert.Equal(3, world.Questions());
            await world.Delay(Interval.TotalMilliseconds * 2);
            Assert.NotEmpty(world.Kafka.Telemetry.Pushes);
        },
        brokers: new EmbeddedKafkaOptions { Telemetry = Everything });

    [Fact]
    [Law("L58")]
    public void A_codec_that_is_refused_is_given_up() => Run(
        async world =>
        {
            world.Kafka.Faults.On(ApiKey.PushTelemetry).Fail(76).Times(1);
            await world.Delay(Interval.TotalMilliseconds * 4);
            Assert.All(world.Kafka.Telemetry.Pushes, static push => Assert.Equal(CompressionType.None, push.Compression));
            Assert.InRange(world.Kafka.Telemetry.Pushes.Count, 2, 3);
        });

    // What there is many of is left out first.
    [Theory]
    [Law("L58")]
    [InlineData(1_000_000, true, true)]
    [InlineData(4000, false, true)]
    [InlineData(20, false, false)]
    public void No_push_is_larger_than_the_broker_takes(int bytes, bool hasTopics, bool hasWhole) => Run(
        async world =>
        {
            for (var i = 0; i < 200; i++)
            {
                world.Kafka.CreateTopic($"topic-{i}");
                await world.Producer.SendAsync(new Record($"topic-{i}", "v"));
            }

            await world.Delay(Interval.TotalMilliseconds * 3);
            var pushed = world.Kafka.Telemetry.Pushes.SelectMany(static push => OtlpReader.Read(push.Metrics)).ToList();
            Assert.Equal(world.Pushes(), world.Kafka.Telemetry.Pushes.Count);
            Assert.Equal(hasTopics, pushed.Exists(static point => point.Attributes.ContainsKey("topic")));
            Assert.Equal(hasWhole, pushed.Exists(static point => point.Attributes.Count == 0));
        },
        Everything with { MaxBytes = bytes, Compression = [] });

    [Fact]
    [Law("L58")]
    public void What_is_too_large_goes_in_half() => Run(
        async world =>
        {
            world.Kafka.Faults.On(ApiKey.PushTelemetry).Fail(118).Times(1);
            var sizes = new List<int>();
            world.Kafka.RequestReceived = request =>
            {
                if (request.Key == ApiKey.PushTelemetry)
                {
                    sizes.Add(request.Bytes);
                }
            };
            for (var i = 0; i < 100; i++)
            {
                world.Kafka.CreateTopic($"topic-{i}");
                await world.Producer.SendAsync(new Record($"topic-{i}", "v"));
            }

            await world.Delay(Interval.TotalMilliseconds * 3);
            Assert.InRange(sizes.Count, 2, 3);
            Assert.All(sizes.Skip(1), size => Assert.InRange(size, 100, (sizes[0] / 2) + 100));
        },
        Everything with { Compression = [] });

    [Fact]
    [Law("L58")]
    public void Dispose_pushes_once_more_and_says_so() => Run(
        async world =>
        {
            await world.SendMany(5);
            await world.Delay(Interval.TotalMilliseconds * 2);
            var before = world.Kafka.Telemetry.Pushes.Count;
            var began = world.Now;
            await world.SendMany(5);
            await world.Producer.DisposeAsync();
            Assert.Equal(began, world.Now);
            var last = Assert.Single(world.Kafka.Telemetry.Pushes.Skip(before));
            Assert.True(last.IsTerminating);
            Assert.DoesNotContain(world.Kafka.Telemetry.Pushes.SkipLast(1), static push => push.IsTerminating);
            Assert.Equal(10, world.Points("record.send.total").Sum(static point => point.Value));
        });

    [Theory]
    [Law("L58")]
    [InlineData(30_000, 1000)]
    [InlineData(400, 400)]
    [InlineData(0, 0)]
    public void Dispose_waits_no_longer_than_a_second_for_it(int closeTimeoutMs, double most) => Run(
        async world =>
        {
            await world.SendMany(1);
            await world.Delay(Interval.TotalMilliseconds * 2);
            world.Kafka.Faults.On(ApiKey.PushTelemetry).DropResponse();
            var began = world.Now;
            await world.Producer.DisposeAsync();
            Assert.Equal(most, (world.Now - began).TotalMilliseconds);
        },
        setup: new Setup { CloseTimeoutMs = closeTimeoutMs });

    [Fact]
    [Law("L58")]
    public void Dispose_makes_no_connection_for_it() => Run(
        async world =>
        {
            await world.SendMany(1);
            world.Kafka.Stop(1);
            await world.Delay(10_000);
            var began = world.Now;
            await world.Producer.DisposeAsync();
            Assert.Equal(began, world.Now);
        });
}
