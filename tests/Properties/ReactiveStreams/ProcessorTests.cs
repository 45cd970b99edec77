using System.Text;
using Rx.Kafka.Properties.Scenarios;
using Rx.Kafka.ReactiveStreams;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.ReactiveStreams;

/// <summary>A sink as a stage between two streams (design 4.15).</summary>
public sealed class ProcessorTests
{
    /// <summary>Whoever is slow, each record has its outcome, and no more of them are between the ends than there is room for.</summary>
    [Fact]
    [Law("RS4.1", "RS1.1", "RS2.1")]
    public void Each_record_has_its_outcome_as_it_is_asked_for() => Law.Seeds("RS4.1", seed => ProducerWorld.Run(
        async world =>
        {
            var random = new Random(seed);
            var count = random.Next(100);
            world.Kafka.CreateTopic("t");
            world.Kafka.Faults.On(ApiKey.Produce).Skip(1).Times(1).Fail(87);
            var processor = world.Producer.OpenSink().ToProcessor(1 + random.Next(5));
            var subscriber = new HandSubscriber<Delivery<Record>>();
            var stream = new HandStream(processor);
            if (random.Next(2) == 0)
            {
                processor.OnSubscribe(stream);
                await world.Delay(10);

                // Nobody would see the outcomes yet.
                Assert.Equal(0, stream.Requested);
                processor.Subscribe(subscriber);
            }
            else
            {
                processor.Subscribe(subscriber);
                processor.OnSubscribe(stream);
            }

            var isOver = false;
            while (subscriber.Ends == 0)
            {
                if (stream.Owed > 0 && stream.Sent < count)
                {
                    stream.Next(new Record("t", $"{stream.Sent}"));
                }
                else if (stream.Sent == count && !isOver)
                {
                    isOver = true;
                    stream.Complete();
                }

                if (random.Next(3) == 0)
                {
                    subscriber.Request(1 + random.Next(3));
                }

                await world.Delay(random.Next(2));
            }

            Assert.Equal((null, null, null, 0), (stream.Fault, subscriber.Fault, subscriber.Error, stream.Cancels));
            Assert.Equal(Enumerable.Range(0, count).Select(static i => $"{i}"), subscriber.Values.Select(Text));
            Assert.Equal(subscriber.Values.Where(static delivery => delivery.Succeeded).Select(Text), world.Log());
        },
        new Setup { Unobserved = 1 + (seed % 7), BatchSize = seed % 3 == 0 ? 0 : 300, LatencyMs = seed % 4 },
        seed));

    [Theory]
    [Law("RS4.2", "RS2.6", "RS3.9")]
    [InlineData("cancel")]
    [InlineData("wrong demand")]
    [InlineData("throws")]
    public void When_nobody_wants_outcomes_the_stream_is_cancelled_and_what_was_accepted_is_sent(string leaving) => ProducerWorld.Run(async world =>
    {
        var sink = world.Producer.OpenSink();
        var processor = sink.ToProcessor();
        var stream = new HandStream(processor);
        var subscriber = new HandSubscriber<Delivery<Record>>(leaving == "throws" ? static (_, _) => throw new FormatException() : null, 1);
        processor.Subscribe(subscriber);
        processor.OnSubscribe(stream);
        await world.Delay(1);
        stream.Next(new Record("t", "one"));
        stream.Next(new Record("t", "two"));
        await world.Delay(1000);
        if (leaving == "cancel")
        {
            subscriber.Cancel();
        }
        else if (leaving == "wrong demand")
        {
            subscriber.RequestWrongly(0);
        }

        await sink.Completion;
        await world.Delay(1);
        Assert.Equal((null, 1), (stream.Fault, stream.Cancels));
        Assert.Equal(["one", "two"], world.Log());
    });

    [Theory]
    [Law("RS4.2", "RS1.4")]
    [InlineData(true)]
    [InlineData(false)]
    public void The_streams_error_goes_on_after_the_outcomes(bool before) => ProducerWorld.Run(async world =>
    {
        var processor = world.Producer.OpenSink().ToProcessor();
        var subscriber = new HandSubscriber<Delivery<Record>>(demand: 1);
        if (before)
        {
            // The stream fails while nobody has subscribed to the outcomes.
            HandStream.Subscribe(processor).Fail(new FormatException());
            await world.Delay(1);
            processor.Subscribe(subscriber);
        }
        else
        {
            processor.Subscribe(subscriber);
            var stream = HandStream.Subscribe(processor);
            await world.Delay(1);
            stream.Next(new Record("t", "one"));
            stream.Fail(new FormatException());
        }

        await subscriber.Ended;
        Assert.IsType<FormatException>(subscriber.Error);
        Assert.Equal((null, before ? 0 : 1), (subscriber.Fault, subscriber.Values.Count));
    });

    [Fact]
    [Law("RS1.9")]
    public void A_second_subscriber_of_the_outcomes_is_told_an_error() => ProducerWorld.Run(async world =>
    {
        var processor = world.Producer.OpenSink().ToProcessor();
        var first = new HandSubscriber<Delivery<Record>>(demand: 1);
        var second = new HandSubscriber<Delivery<Record>>(demand: 1);
        processor.Subscribe(first);
        processor.Subscribe(second);
        await second.Ended;
        Assert.IsType<InvalidOperationException>(second.Error);
        Assert.Equal((null, 0), (second.Fault, first.Ends));
        var stream = HandStream.Subscribe(processor);
        stream.Next(new Record("t", "one"));
        stream.Complete();
        await first.Ended;
        Assert.Equal((null, null, 1), (first.Fault, first.Error, first.Values.Count));
    });

    private static string Text(Delivery<Record> delivery) => Encoding.UTF8.GetString(delivery.State.Value!.Value.Span);
}
