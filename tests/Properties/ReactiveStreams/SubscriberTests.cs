using System.Globalization;
using System.Text;
using Rx.Kafka.Properties.Scenarios;
using Rx.Kafka.ReactiveStreams;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.ReactiveStreams;

/// <summary>A sink as a subscriber (design 4.15): the rules of section 2, and that no record is lost.</summary>
public sealed class SubscriberTests
{
    /// <summary>Whatever is slow: asked for within the bound, written in order, nothing lost, and no signal takes time.</summary>
    [Fact]
    [Law("RS2.1", "RS2.2", "RS2.4", "RS2.7", "RS2.9", "RS3.2")]
    public void Records_are_asked_for_as_there_is_room_and_all_arrive_in_order() => Law.Seeds("RS2", seed => ProducerWorld.Run(
        async world =>
        {
            var random = new Random(seed);
            world.Kafka.CreateTopic("t");
            var demand = 1 + random.Next(20);
            var count = random.Next(200);
            world.Kafka.Faults.On(ApiKey.Produce).Times(3).Delay(TimeSpan.FromMilliseconds(random.Next(1, 500)));
            var sink = world.Producer.OpenSink();
            var told = new List<string>();
            sink.Subscribe(delivery =>
            {
                told.Add(Encoding.UTF8.GetString(delivery.State.Value!.Value.Span));
                if (random.Next(20) == 0)
                {
                    world.Wait(random.Next(100));
                }
            });
            var subscriber = sink.ToSubscriber(demand);
            var stream = new HandStream(subscriber, demand);

            // Some streams answer within request, as 3.2 lets them.
            stream.Answer = random.Next(2) == 0 ? null : _ => Answer();
            subscriber.OnSubscribe(stream);
            while (stream.Sent < count)
            {
                await world.Delay(random.Next(3));
                Answer();
            }

            stream.Complete();
            await sink.Completion;
            Assert.Null(stream.Fault);
            Assert.Equal(0, stream.Cancels);
            Assert.Equal(Enumerable.Range(0, count).Select(static i => $"{i}"), told);
            Assert.Equal(told, world.Log());

            void Answer()
            {
                var began = world.Now;
                for (var n = random.Next(demand + 1); n > 0 && stream.Owed > 0 && stream.Sent < count; n--)
                {
                    stream.Next(new Record("t", stream.Sent.ToString(CultureInfo.InvariantCulture)));
                }

                Assert.Equal(began, world.Now);
            }
        },
        new Setup { Unobserved = 1 + (seed % 7), BatchSize = seed % 3 == 0 ? 0 : 300, LatencyMs = seed % 4 },
        seed));

    [Fact]
    [Law("RS2.1")]
    public void The_largest_demand_is_asked_for_once() => ProducerWorld.Run(async world =>
    {
        world.Kafka.CreateTopic("t");
        var sink = world.Producer.OpenSink();
        var stream = HandStream.Subscribe(sink.ToSubscriber(int.MaxValue));
        await world.Delay(1);
        for (var i = 0; i < 10; i++)
        {
            stream.Next(new Record("t", $"{i}"));
            await world.Delay(1);
        }

        Assert.Equal((int.MaxValue, null), (stream.Requested, stream.Fault));
        stream.Complete();
        await sink.Completion;
        Assert.Equal(10, world.Log().Count);
    });

    /// <summary>While the sink has no room nothing more is asked for; then it goes on.</summary>
    [Theory]
    [Law("RS2.1")]
    [InlineData(1)]
    [InlineData(10)]
    public void A_sink_without_room_stops_the_demand(int demand) => ProducerWorld.Run(
        async world =>
        {
            var sink = world.Producer.OpenSink();
            var (told, isSlow) = (0, true);
            sink.Subscribe(_ =>
            {
                told++;
                if (isSlow)
                {
                    world.Wait(60_000);
                    isSlow = false;
                }
            });
            var stream = HandStream.Subscribe(sink.ToSubscriber(demand), demand);
            await PushAsync(30_000);
            var sent = stream.Sent;
            Assert.InRange(sent, 2, 5 + (3 * demand));
            Assert.Equal(1, told);
            await PushAsync(60_000);
            Assert.InRange(stream.Sent, sent + 1000, int.MaxValue);
            stream.Complete();
            await sink.Completion;
            Assert.Equal(stream.Sent, told);
            Assert.Null(stream.Fault);

            async Task PushAsync(int milliseconds)
            {
                for (var end = world.Now + TimeSpan.FromMilliseconds(milliseconds); world.Now < end; await world.Delay(10))
                {
                    while (stream.Owed > 0 && stream.Sent < 5000)
                    {
                        stream.Next(new Record("t", "x"));
                    }
                }
            }
        },
        new Setup { Unobserved = 1, MaxBlockMs = 600_000 });

    [Fact]
    [Law("RS2.5", "RS2.12")]
    public void A_second_subscription_is_cancelled_and_the_first_goes_on() => ProducerWorld.Run(async world =>
    {
        var sink = world.Producer.OpenSink();
        var subscriber = sink.ToSubscriber();
        var first = HandStream.Subscribe(subscriber);
        var second = HandStream.Subscribe(subscriber);
        Assert.Equal((1, 0L), (second.Cancels, second.Requested));
        first.Next(new Record("t", "one"));
        first.Complete();
        await sink.Completion;
        Assert.Equal(["one"], world.Log());
        var third = HandStream.Subscribe(subscriber);
        Assert.Equal((0, 1, 0L), (first.Cancels, third.Cancels, third.Requested));
    });

    [Fact]
    [Law("RS2.13")]
    public void Null_is_refused_at_once() => ProducerWorld.Run(world =>
    {
        var subscriber = world.Producer.OpenSink().ToSubscriber();
        Assert.Throws<ArgumentNullException>(() => subscriber.OnSubscribe(null!));
        Assert.Throws<ArgumentNullException>(() => subscriber.OnError(null!));
        return Task.CompletedTask;
    });

    [Fact]
    [Law("RS2.10", "RS2.4")]
    public void The_streams_error_ends_the_sink_after_what_came_before() => ProducerWorld.Run(async world =>
    {
        // An error that a channel would take for a cancelled wait.
        var error = new OperationCanceledException("The stream failed.");
        var sink = world.Producer.OpenSink();
        var seen = new HandSubscriber<RecordMetadata>(demand: 10);
        sink.Acks.ToPublisher().Subscribe(seen);
        var stream = HandStream.Subscribe(sink.ToSubscriber());
        stream.Next(new Record("t", "one"));
        stream.Fail(error);
        await seen.Ended;
        Assert.Same(error, seen.Error);
        Assert.Single(seen.Values);
        Assert.Equal((null, 0), (stream.Fault, stream.Cancels));
    });

    // A stream that breaks 1.9: it fails without having subscribed us. The sink must not wait for ever.
    [Theory]
    [Law("RS2.9", "RS2.10")]
    [InlineData(true)]
    [InlineData(false)]
    public void An_end_without_a_subscription_ends_the_sink(bool fails) => ProducerWorld.Run(async world =>
    {
        var sink = world.Producer.OpenSink();
        var subscriber = sink.ToSubscriber();
        if (fails)
        {
            subscriber.OnError(new FormatException());
            await Assert.ThrowsAsync<FormatException>(() => sink.Completion);
        }
        else
        {
            subscriber.OnComplete();
            await sink.Completion;
        }
    });

    [Fact]
    public void A_sink_has_one_subscriber() => ProducerWorld.Run(world =>
    {
        var sink = world.Producer.OpenSink();
        Assert.Throws<ArgumentOutOfRangeException>(() => sink.ToSubscriber(0));
        sink.ToSubscriber();
        Assert.Throws<InvalidOperationException>(() => sink.ToSubscriber());
        Assert.Throws<InvalidOperationException>(() => sink.ToProcessor());
        world.Producer.OpenSink().ToSubscriber();
        return Task.CompletedTask;
    });
}
