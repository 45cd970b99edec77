using Rx.Kafka.Properties.Diagnostics;
using Rx.Kafka.Properties.Scenarios;
using Rx.Kafka.ReactiveStreams;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.ReactiveStreams;

/// <summary>A sink that ends before its stream, and a stream that breaks the rules (design 4.15): it is cancelled, and no record is lost.</summary>
public sealed class SubscriberEndTests
{
    /// <summary>The sink has ended: the stream is cancelled, idle or not; each record it still signals is sent, or refused and counted.</summary>
    [Theory]
    [Law("RS2.6", "RS2.8")]
    [InlineData("dispose")]
    [InlineData("sink")]
    [InlineData("writer")]
    [InlineData("fatal")]
    public void A_sink_that_has_ended_cancels_the_stream_and_loses_no_record(string end) => Law.Seeds("RS2.6", seed =>
    {
        var client = $"streams-{end}-{seed}";
        using var counted = new Counted(client);
        ProducerWorld.Run(
            async world =>
            {
                var random = new Random(seed);
                world.Kafka.CreateTopic("t");
                var sink = world.Producer.OpenSink();
                sink.Subscribe(
                    _ =>
                    {
                        if (random.Next(5) == 0)
                        {
                            world.Wait(random.Next(10));
                        }
                    },
                    static _ => { });
                var stream = HandStream.Subscribe(sink.ToSubscriber(1 + random.Next(10)));
                await PushAsync(random.Next(20));
                var before = stream.Sent;
                var disposing = End(world, sink, end);
                await PushAsync(random.Next(5));
                await Ended(sink.Completion);
                Assert.IsNotType<InvalidOperationException>(sink.Completion.Exception?.InnerException); // the stream keeps the rules
                await disposing;
                await world.Delay(1);
                Assert.Equal((null, 1), (stream.Fault, stream.Cancels));
                if (stream.Owed > 0)
                {
                    stream.Next(new Record("t", "under way"));
                }

                // Counters end with their producer, so what is refused after that is logged only. A fatal error has a record of its own.
                var outcomes = world.Log().Count + counted.Of("records.refused") + counted.Of("records.failed") - (end == "fatal" ? 1 : 0);
                Assert.InRange(outcomes, end == "dispose" ? before : stream.Sent, stream.Sent);

                async Task PushAsync(int steps)
                {
                    for (; steps > 0; steps--)
                    {
                        for (var most = random.Next(4); most > 0 && stream.Owed > 0; most--)
                        {
                            stream.Next(new Record("t", "x"));
                        }

                        await world.Delay(random.Next(2));
                    }
                }
            },
            new Setup { Unobserved = 1 + (seed % 5), LatencyMs = seed % 3 },
            seed,
            configure: options => options.ClientId = client);
    });

    /// <summary>A stream that signals more than was asked for ends the sink: what was asked for and not written by then is refused too.</summary>
    [Fact]
    [Law("RS1.1", "RS2.8")]
    public void A_stream_that_signals_too_much_ends_the_sink_with_an_error() => ProducerWorld.Run(
        async world =>
        {
            using var counted = new Counted("too-much");
            world.Kafka.CreateTopic("t");
            var sink = world.Producer.OpenSink();
            var stream = HandStream.Subscribe(sink.ToSubscriber(5));
            for (var i = 0; i < 100; i++)
            {
                stream.Next(new Record("t", "x"));
            }

            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => sink.Completion);
            Assert.Contains("more than the 5 records", error.Message, StringComparison.Ordinal);
            await world.Delay(1);
            Assert.Equal(1, stream.Cancels);
            Assert.Equal(100, world.Log().Count + counted.Of("records.refused"));
        },
        configure: static options => options.ClientId = "too-much");

    [Fact]
    [Law("RS3.16")]
    public void A_subscription_that_throws_ends_the_sink_with_its_error() => ProducerWorld.Run(async world =>
    {
        var sink = world.Producer.OpenSink();
        var subscriber = sink.ToSubscriber();
        subscriber.OnSubscribe(new HandStream(subscriber) { Answer = static _ => throw new FormatException() });
        await Assert.ThrowsAsync<FormatException>(() => sink.Completion);
    });

    private static ValueTask End(ProducerWorld world, ProducerSink sink, string end)
    {
        switch (end)
        {
            case "dispose":
                return world.Producer.DisposeAsync();
            case "sink":
                sink.OnCompleted();
                return default;
            case "fatal":
                world.Kafka.Faults.On(ApiKey.Produce).Fail(90);
                return new(Ended(world.Producer.SendAsync(new Record("t", "fatal")).AsTask()));
            default:
                sink.Writer.Complete(new FormatException());
                return default;
        }
    }

    private static async Task Ended(Task task) =>
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
