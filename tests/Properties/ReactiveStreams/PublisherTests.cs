using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Runtime.CompilerServices;
using Rx.Kafka.Properties.Scenarios;
using Rx.Kafka.ReactiveStreams;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.ReactiveStreams;

/// <summary>Outcomes as a publisher (design 4.15): the rules of sections 1 and 3, and that a slow subscriber holds back the sink.</summary>
public sealed class PublisherTests
{
    /// <summary>Subscribers that ask whenever they like, from within signals or not, and some that leave.</summary>
    [Fact]
    [Law("RS1.1", "RS1.2", "RS1.3", "RS1.5", "RS1.7", "RS1.8", "RS1.9", "RS1.11", "RS3.2", "RS3.8", "RS3.12")]
    public void Each_subscriber_gets_what_it_asks_for_in_order_until_it_leaves() => Law.Seeds("RS1", seed => ProducerWorld.Run(
        async world =>
        {
            var random = new Random(seed);
            var count = random.Next(100);
            var sink = world.Producer.OpenSink();
            HandSubscriber<RecordMetadata>? leaving = null;
            var left = false;
            var publisher = sink.Acks.ToPublisher(1 + random.Next(5));
            var subscribers = Enumerable.Range(0, 1 + random.Next(3)).Select(_ => new HandSubscriber<RecordMetadata>(Answer)).ToArray();
            leaving = random.Next(3) == 0 ? subscribers[0] : null;
            Array.ForEach(subscribers, publisher.Subscribe);
            Assert.All(subscribers, static subscriber => Assert.True(subscriber.IsSubscribed));
            var writing = WriteAsync();
            while (!Array.TrueForAll(subscribers, subscriber => subscriber.Ends > 0 || (left && subscriber == leaving)))
            {
                await world.Delay(random.Next(3));
                Answer(subscribers[random.Next(subscribers.Length)], default);
            }

            await writing;
            Assert.All(subscribers, static subscriber => Assert.Null(subscriber.Fault));
            foreach (var subscriber in subscribers)
            {
                var stays = !(left && subscriber == leaving);
                Assert.Equal(stays ? 1 : 0, subscriber.Ends);
                Assert.Null(subscriber.Error);
                Assert.Equal(Enumerable.Range(0, stays ? count : subscriber.Values.Count), subscriber.Values.Select(static ack => (int)ack.Offset));
            }

            void Answer(HandSubscriber<RecordMetadata> subscriber, RecordMetadata ack)
            {
                // Who has heard the end does not leave any more.
                if (subscriber == leaving && !left && subscriber.Ends == 0 && random.Next(30) == 0)
                {
                    left = true;
                    subscriber.Cancel();
                }
                else if (random.Next(2) == 0)
                {
                    subscriber.Request(1 + random.Next(3));
                }
            }

            async Task WriteAsync()
            {
                for (var i = 0; i < count; i++)
                {
                    await sink.Writer.WriteAsync(new Record("t", $"{i}"));
                }

                sink.OnCompleted();
                await sink.Completion;
            }
        },
        new Setup { Unobserved = 1 + (seed % 7), BatchSize = seed % 3 == 0 ? 0 : 300, LatencyMs = seed % 4 },
        seed));

    /// <summary>Without demand the sink's input comes to a halt, blocking nobody; a cancel lets the others go on.</summary>
    [Fact]
    [Law("RS1.1", "RS3.12", "RS3.4", "RS3.5")]
    public void A_subscriber_without_demand_holds_back_the_sink_until_it_cancels() => ProducerWorld.Run(
        async world =>
        {
            var sink = world.Producer.OpenSink();
            var slow = new HandSubscriber<RecordMetadata>();
            var well = new HandSubscriber<Delivery<Record>>(demand: long.MaxValue);
            sink.Acks.ToPublisher(10).Subscribe(slow);
            sink.ToPublisher().Subscribe(well);
            var written = await WriteAsync();
            Assert.InRange(written, 20, 200);
            Assert.InRange(well.Values.Count, 10, 12);
            slow.Request(5);
            await world.Delay(1000);
            Assert.Equal(5, slow.Values.Count);
            Assert.InRange(well.Values.Count, 15, 17);
            slow.Cancel();
            written += await WriteAsync();
            await world.Delay(1000);
            Assert.Equal(written, well.Values.Count);
            Assert.InRange(written, 1000, 1200);
            Assert.Equal((null, null), (slow.Fault, well.Fault));

            async Task<int> WriteAsync()
            {
                var taken = 0;
                for (var idle = 0; idle < 100 && taken < 1000;)
                {
                    if (sink.Writer.TryWrite(new Record("t", "x")))
                    {
                        taken++;
                        idle = 0;
                    }
                    else
                    {
                        idle++;
                        await world.Delay(10);
                    }
                }

                return taken;
            }
        },
        new Setup { Unobserved = 20, BufferMemory = 64 << 10, BatchSize = 200 });

    [Fact]
    [Law("RS1.9")]
    public void Null_is_refused_at_once() => ProducerWorld.Run(world =>
    {
        Assert.Throws<ArgumentNullException>(() => world.Producer.Acks.ToPublisher().Subscribe(null!));
        Assert.Throws<ArgumentNullException>(() => world.Producer.OpenSink().ToProcessor().Subscribe(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => world.Producer.Acks.ToPublisher(0));
        return Task.CompletedTask;
    });

    /// <summary>A demand of nothing, with or without elements that wait: an error that names the rule, and no element after it.</summary>
    [Theory]
    [Law("RS3.9")]
    [InlineData(0, true)]
    [InlineData(-1, false)]
    [InlineData(long.MinValue, true)]
    public void A_demand_of_nothing_is_an_error(long n, bool waiting) => ProducerWorld.Run(async world =>
    {
        var source = new Subject<int>();
        var subscriber = new HandSubscriber<int>();
        source.ToPublisher().Subscribe(subscriber);
        if (waiting)
        {
            source.OnNext(1);
        }

        await world.Delay(1);
        subscriber.RequestWrongly(n);
        subscriber.Request(10);
        await world.Delay(1);
        Assert.Contains("3.9", Assert.IsAssignableFrom<ArgumentException>(subscriber.Error).Message, StringComparison.Ordinal);
        Assert.Empty(subscriber.Values);
        Assert.False(source.HasObservers);
        Assert.Equal((null, 1), (subscriber.Fault, subscriber.Ends));
    });

    [Fact]
    [Law("RS3.6", "RS3.7", "RS1.8", "RS3.13")]
    public void After_a_cancel_nothing_happens_and_nobody_is_kept() => ProducerWorld.Run(async world =>
    {
        var source = new Subject<int>();
        var (subscriber, subscription) = Subscribe(source);
        await world.Delay(1);
        Assert.False(source.HasObservers);
        subscription.Request(1);
        subscription.Request(0);
        subscription.Cancel();
        source.OnNext(1);
        await world.Delay(1);
        GC.Collect();
        Assert.False(subscriber.TryGetTarget(out _));
        GC.KeepAlive(subscription);
    });

    /// <summary>Demand saturates; a hundred thousand demands from within onNext need no stack.</summary>
    [Theory]
    [Law("RS3.17", "RS3.3")]
    [InlineData(long.MaxValue, 0)]
    [InlineData(1, 1)]
    [InlineData(long.MaxValue, long.MaxValue)]
    [InlineData(3, long.MaxValue - 1)]
    public void Demand_is_unbounded_and_recursion_is_not(long first, long more) => ProducerWorld.Run(async world =>
    {
        var subscriber = new HandSubscriber<int>(more > 0 ? (self, _) => self.Request(more) : null, first);
        Observable.Range(0, 100_000).ToPublisher(200_000).Subscribe(subscriber);
        await subscriber.Ended;
        Assert.Equal(100_000, subscriber.Values.Count);
        Assert.Equal((null, null), (subscriber.Fault, subscriber.Error));
    });

    /// <summary>Ends need no demand; the stream's own error, an error of subscribing, and one that a channel would take for a cancel.</summary>
    [Theory]
    [Law("RS1.4", "RS1.5", "RS1.7", "RS1.9")]
    [InlineData("complete")]
    [InlineData("error")]
    [InlineData("cancelled")]
    [InlineData("throws")]
    public void The_end_comes_without_demand_after_what_came_before(string end) => ProducerWorld.Run(async world =>
    {
        Exception? error = end switch { "complete" => null, "cancelled" => new OperationCanceledException(), _ => new FormatException() };
        var source = new Subject<int>();
        var subscriber = new HandSubscriber<int>();
        var stream = end == "throws" ? Observable.Create<int>(IDisposable (_) => throw error!) : source;
        stream.ToPublisher().Subscribe(subscriber);
        source.OnNext(1);
        if (error is null)
        {
            source.OnCompleted();
        }
        else
        {
            source.OnError(error);
        }

        await world.Delay(1);
        if (end != "throws")
        {
            Assert.Equal(0, subscriber.Ends);
            subscriber.Request(1);
            await world.Delay(1);
            Assert.Equal([1], subscriber.Values);
        }

        Assert.Equal((null, 1), (subscriber.Fault, subscriber.Ends));
        Assert.Same(error, subscriber.Error);
    });

    [Fact]
    [Law("RS1.5", "RS1.9")]
    public void Who_subscribes_after_the_end_is_told_the_end() => ProducerWorld.Run(async world =>
    {
        var sink = world.Producer.OpenSink();
        sink.OnNext(new Record("t", "x"));
        sink.OnError(new FormatException());
        await Assert.ThrowsAsync<FormatException>(() => sink.Completion);
        var late = new HandSubscriber<RecordMetadata>();
        sink.Acks.ToPublisher().Subscribe(late);
        await late.Ended;
        Assert.IsType<FormatException>(late.Error);
        Assert.Null(late.Fault);
    });

    [Fact]
    [Law("RS2.13")]
    public void A_subscriber_that_throws_has_left_and_the_others_go_on() => ProducerWorld.Run(async world =>
    {
        var sink = world.Producer.OpenSink();
        var throwing = new HandSubscriber<RecordMetadata>(static (_, _) => throw new FormatException(), 100);
        var well = new HandSubscriber<RecordMetadata>(demand: 100);
        sink.Acks.ToPublisher(1).Subscribe(throwing);
        sink.Acks.ToPublisher(1).Subscribe(well);
        for (var i = 0; i < 10; i++)
        {
            sink.OnNext(new Record("t", "x"));
        }

        sink.OnCompleted();
        await sink.Completion;
        await well.Ended;
        Assert.Equal((1, 0, 10), (throwing.Values.Count, throwing.Ends, well.Values.Count));
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference<HandSubscriber<int>> Subscriber, Reactive.Streams.ISubscription Subscription) Subscribe(Subject<int> source)
    {
        Reactive.Streams.ISubscription? given = null;
        var subscriber = new HandSubscriber<int>();
        source.ToPublisher().Subscribe(new Tap(subscriber, subscription => given = subscription));
        subscriber.Cancel();
        return (new(subscriber), given!);
    }

    private sealed class Tap(HandSubscriber<int> inner, Action<Reactive.Streams.ISubscription> subscribed) : Reactive.Streams.ISubscriber<int>
    {
        public void OnSubscribe(Reactive.Streams.ISubscription subscription)
        {
            subscribed(subscription);
            inner.OnSubscribe(subscription);
        }

        public void OnNext(int element) => inner.OnNext(element);

        public void OnError(Exception cause) => inner.OnError(cause);

        public void OnComplete() => inner.OnComplete();
    }
}
