using System.Runtime.CompilerServices;
using Reactive.Streams;

namespace Rx.Kafka.ReactiveStreams;

/// <summary>
/// The way between a producer and Reactive Streams (reactive-streams.org), which Akka.Streams and others speak: demand goes up the stream,
/// elements come down, and nobody blocks a thread.
/// </summary>
public static class KafkaReactiveStreams
{
    private static readonly ConditionalWeakTable<ProducerSink, ISubscriber<Record>> Subscribers = [];

    /// <summary>
    /// The sink as the end of a stream: <c>Sink.FromSubscriber(producer.OpenSink().ToSubscriber())</c>. It asks for records while the sink
    /// has room for them, and its <c>OnNext</c> never blocks. The end of the stream ends the sink; a sink that has ended, as by dispose of
    /// the producer or a fatal error, cancels the stream. Records that came by then are refused as <see cref="KafkaProducer.OnNext"/> says.
    /// </summary>
    /// <param name="sink">Has this one subscriber, which takes one subscription; a second one is cancelled.</param>
    /// <param name="demand">
    /// How many records it asks for ahead, from 1. Default: 256. So many at most wait in it, in their caller's memory, which must stay as
    /// it is until the record has its outcome.
    /// </param>
    /// <returns>
    /// Any thread signals. Its requests and cancel come one at a time, on the task scheduler on which it was subscribed, usually the thread
    /// pool. A stream that signals more than was asked for, or after its end, ends the sink with an <see
    /// cref="InvalidOperationException"/>.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="demand"/> is less than 1.</exception>
    /// <exception cref="InvalidOperationException">The sink has a subscriber, or is a processor.</exception>
    public static ISubscriber<Record> ToSubscriber(this ProducerSink sink, int demand = 256)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentOutOfRangeException.ThrowIfLessThan(demand, 1);
        var subscriber = Only(sink, new SinkSubscriber(sink, demand));
        subscriber.Begin();
        return subscriber;
    }

    /// <summary>
    /// Outcomes as a publisher: of <see cref="ProducerSink.Acks"/>, of a sink itself (its deliveries), of <see cref="KafkaProducer.Acks"/>
    /// and <see cref="KafkaProducer.Deliveries"/>. They are hot: a subscriber sees those of records that are accepted after
    /// <c>Subscribe</c> returned. Where the stream library subscribes at a time of its own, <see cref="ToProcessor"/> misses none.
    /// </summary>
    /// <typeparam name="T">The element.</typeparam>
    /// <param name="source">
    /// The stream. While a subscriber asks for nothing, up to <paramref name="bufferSize"/> elements and one more wait for it; then the
    /// stream waits, with all its observers, and its sink's input as soon as <see cref="KafkaProducerOptions.MaxUnobservedDeliveries"/>
    /// outcomes wait. That blocks no thread directly on our streams; after other operators it blocks the one that calls their OnNext. So
    /// where the elements come while the stream is being subscribed to (<c>Observable.Range</c>), put a <c>SubscribeOn</c> before this.
    /// </param>
    /// <param name="bufferSize">How many elements are kept for each subscriber, from 1. Default: 256.</param>
    /// <returns>
    /// A subscriber is signalled one signal at a time, on the task scheduler on which it subscribed, usually the thread pool. If it throws,
    /// its subscription ends, and <see cref="TaskScheduler.UnobservedTaskException"/> tells the exception.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bufferSize"/> is less than 1.</exception>
    public static IPublisher<T> ToPublisher<T>(this IObservable<T> source, int bufferSize = 256)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(bufferSize, 1);
        return new StreamPublisher<T>(source, bufferSize);
    }

    /// <summary>
    /// The sink as a stage of a stream, records in and outcomes out: <c>Flow.FromProcessor(() => producer.OpenSink().ToProcessor())</c>.
    /// It asks for records as soon as somebody takes the outcomes, so each is seen. Failures are elements. When the stream of records
    /// ends, so do the outcomes, after the last one; when nobody wants outcomes any more, the stream of records is cancelled and the sink
    /// ends: what it has accepted is sent all the same, the rest is dropped.
    /// </summary>
    /// <param name="sink">Has this one processor, with one subscription on each side.</param>
    /// <param name="demand">As in <see cref="ToSubscriber"/>; also, how many outcomes are kept while nobody asks for them.</param>
    /// <returns>Signals and is signalled as <see cref="ToSubscriber"/> and <see cref="ToPublisher"/> say.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="demand"/> is less than 1.</exception>
    /// <exception cref="InvalidOperationException">The sink has a subscriber, or is a processor.</exception>
    public static IProcessor<Record, Delivery<Record>> ToProcessor(this ProducerSink sink, int demand = 256)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentOutOfRangeException.ThrowIfLessThan(demand, 1);
        return Only(sink, new SinkProcessor(sink, demand));
    }

    /// <summary>The end of one stream would end the input of the other.</summary>
    private static T Only<T>(ProducerSink sink, T subscriber)
        where T : ISubscriber<Record> =>
        Subscribers.TryAdd(sink, subscriber)
            ? subscriber
            : throw new InvalidOperationException("The sink has a subscriber or is a processor already. Open one for each stream: KafkaProducer.OpenSink().");
}
