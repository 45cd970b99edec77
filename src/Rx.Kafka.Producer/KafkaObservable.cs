using System.Reactive.Linq;
using System.Threading.Channels;
using Rx.Kafka.Operators;
using Rx.Kafka.Sinks;

namespace Rx.Kafka;

/// <summary>
/// Operators that send an observable's elements, and operators on the outcomes. Those that send are cold: each subscription is a sink of
/// its own and sends again (share one by <c>Publish().RefCount()</c>; <c>Retry()</c> sends the source again). Disposing a subscription
/// stops its input; what was accepted is sent all the same.
/// </summary>
public static class KafkaObservable
{
    /// <summary>
    /// Sends records, and fails fast: after the first failed record the source is unsubscribed from and the error is told. Records that
    /// are queued for the same partition by then are not sent (<see cref="OnFailure.Halt"/>).
    /// </summary>
    /// <param name="source">
    /// The records; while there is no room, its <c>OnNext</c> blocks as <see cref="KafkaProducer.OnNext"/> does.
    /// </param>
    /// <param name="producer">Who sends them.</param>
    /// <returns>
    /// Acknowledgements, in order per partition, on <see cref="ProducerRuntime.TaskScheduler"/>; ends after the source with its terminal
    /// signal, with a <see cref="KafkaProduceException"/> after a failed record, with an <see cref="ObjectDisposedException"/> if the
    /// producer is disposed before.
    /// </returns>
    public static IObservable<RecordMetadata> ProduceTo(this IObservable<Record> source, KafkaProducer producer)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(producer);
        return PushedElements.Deliver(source, producer, OnFailure.Halt).ThrowOnFailure().Succeeded();
    }

    /// <summary>Sends records; failures are values, and the stream goes on.</summary>
    /// <param name="source">
    /// The records; while there is no room, its <c>OnNext</c> blocks as <see cref="KafkaProducer.OnNext"/> does.
    /// </param>
    /// <param name="producer">Who sends them.</param>
    /// <param name="onFailure">What happens to later records of a partition after one has failed. Default: they go on.</param>
    /// <returns>
    /// Every outcome, with the record itself, in order per partition, on <see cref="ProducerRuntime.TaskScheduler"/>; ends after the source
    /// with its terminal signal, with an <see cref="ObjectDisposedException"/> if the producer is disposed before, with a <see
    /// cref="KafkaProduceException"/> after a fatal error.
    /// </returns>
    public static IObservable<Delivery<Record>> DeliverTo(
        this IObservable<Record> source, KafkaProducer producer, OnFailure onFailure = OnFailure.Continue)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(producer);
        return PushedElements.Deliver(source, producer, onFailure);
    }

    /// <summary>Sends one record for each element; an outcome has the very element in its <see cref="Delivery{T}.State"/>.</summary>
    /// <typeparam name="T">The element. A value type is boxed.</typeparam>
    /// <param name="source">
    /// The elements; while there is no room, its <c>OnNext</c> blocks as <see cref="KafkaProducer.OnNext"/> does.
    /// </param>
    /// <param name="producer">Who sends them.</param>
    /// <param name="selector">
    /// Makes the record of an element, on the source's thread. Its bytes are copied before the source's <c>OnNext</c> returns. If it
    /// throws, that element fails as <see cref="ProduceErrorCode.Serialization"/>.
    /// </param>
    /// <param name="onFailure">What happens to later records of a partition after one has failed. Default: they go on.</param>
    /// <returns>Every outcome, as <see cref="DeliverTo(IObservable{Record}, KafkaProducer, OnFailure)"/> says.</returns>
    public static IObservable<Delivery<T>> DeliverTo<T>(
        this IObservable<T> source, KafkaProducer producer, Func<T, Record> selector, OnFailure onFailure = OnFailure.Continue)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(producer);
        ArgumentNullException.ThrowIfNull(selector);
        return PushedElements.Deliver(source, producer, new RecordsOf<T>(selector, onFailure));
    }

    /// <summary>
    /// Sends any number of records for each element, which has one outcome: the first failure, else that of the record acknowledged last;
    /// when it asks for none, a success without a place on a log (partition −1).
    /// </summary>
    /// <typeparam name="T">The element. A value type is boxed.</typeparam>
    /// <param name="source">
    /// The elements; while there is no room, its <c>OnNext</c> blocks as <see cref="KafkaProducer.OnNext"/> does.
    /// </param>
    /// <param name="producer">Who sends them.</param>
    /// <param name="selector">
    /// Makes the records of an element, on the source's thread. If it throws, records made before are sent, and the element fails as <see
    /// cref="ProduceErrorCode.Serialization"/>.
    /// </param>
    /// <param name="onFailure">What happens to later records of a partition after one has failed. Default: they go on.</param>
    /// <returns>One outcome for each element, when all its records have theirs.</returns>
    public static IObservable<Delivery<T>> DeliverTo<T>(
        this IObservable<T> source,
        KafkaProducer producer,
        Func<T, IEnumerable<Record>> selector,
        OnFailure onFailure = OnFailure.Continue)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(producer);
        ArgumentNullException.ThrowIfNull(selector);
        return PushedElements.Deliver(source, producer, new RecordsOf<T>(selector, onFailure));
    }

    /// <summary>The acknowledgements among outcomes.</summary>
    /// <typeparam name="T">The element.</typeparam>
    /// <param name="deliveries">Outcomes.</param>
    /// <returns>Where each acknowledged record stands.</returns>
    public static IObservable<RecordMetadata> Succeeded<T>(this IObservable<Delivery<T>> deliveries) =>
        deliveries.Where(static delivery => delivery.Succeeded).Select(static delivery => delivery.Metadata);

    /// <summary>The failures among outcomes.</summary>
    /// <typeparam name="T">The element.</typeparam>
    /// <param name="deliveries">Outcomes.</param>
    /// <returns>The elements that failed, each with its error.</returns>
    public static IObservable<FailedDelivery<T>> Failed<T>(this IObservable<Delivery<T>> deliveries) =>
        deliveries
            .Where(static delivery => !delivery.Succeeded)
            .Select(static delivery => new FailedDelivery<T>(delivery.State, delivery.Error!));

    /// <summary>Ends the stream with the first failure.</summary>
    /// <typeparam name="T">The element.</typeparam>
    /// <param name="deliveries">Outcomes.</param>
    /// <returns>Outcomes that succeeded; then a <see cref="KafkaProduceException"/> as the stream's error, if one failed.</returns>
    public static IObservable<Delivery<T>> ThrowOnFailure<T>(this IObservable<Delivery<T>> deliveries) =>
        deliveries.Select(static delivery => delivery.Succeeded ? delivery : throw delivery.Error.ToException());

    /// <summary>The same outcomes of other elements.</summary>
    /// <typeparam name="T">The element.</typeparam>
    /// <typeparam name="TOther">What stands in its place.</typeparam>
    /// <param name="deliveries">Outcomes.</param>
    /// <param name="selector">Makes the other element.</param>
    /// <returns>Outcomes that differ in <see cref="Delivery{T}.State"/> alone.</returns>
    public static IObservable<Delivery<TOther>> WithState<T, TOther>(this IObservable<Delivery<T>> deliveries, Func<T, TOther> selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return deliveries.Select(delivery => delivery.WithState(selector(delivery.State)));
    }

    /// <summary>
    /// Reads a stream by <c>await foreach</c>, bounded: while <paramref name="capacity"/> elements are unread, the stream waits. It
    /// subscribes when the enumeration begins, so start the reader before the source: <c>var reading = Print(); using var sub =
    /// events.Subscribe(producer); await reading;</c>
    /// </summary>
    /// <typeparam name="T">The element.</typeparam>
    /// <param name="source">The stream; directly on <see cref="KafkaProducer.Acks"/> and <see cref="KafkaProducer.Deliveries"/> waiting
    /// blocks no thread, after other operators it blocks the one that calls OnNext. A source that brings what it has while it is
    /// subscribed to would block before there is a reader: put <c>SubscribeOn</c> before.</param>
    /// <param name="capacity">How many unread elements are kept, from 1. Default: 1024.</param>
    /// <param name="fullMode">What happens when so many are unread. Default: wait. The others drop elements: for taps that may miss
    /// some.</param>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>; so does the token of a
    /// <c>WithCancellation</c>, whichever comes first.</param>
    /// <returns>The elements; an error of the stream is thrown after those that came before it. Leaving the loop unsubscribes.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than 1.</exception>
    public static IAsyncEnumerable<T> ReadAllAsync<T>(
        this IObservable<T> source,
        int capacity = 1024,
        BoundedChannelFullMode fullMode = BoundedChannelFullMode.Wait,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return new Reading<T>(source, capacity, fullMode, cancellationToken);
    }

    private sealed class Reading<T>(
        IObservable<T> source, int capacity, BoundedChannelFullMode fullMode, CancellationToken cancellationToken) : IAsyncEnumerable<T>
    {
        public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken ofEnumeration = default) =>
            new AsyncReader<T>(source, capacity, fullMode, cancellationToken, ofEnumeration);
    }
}
