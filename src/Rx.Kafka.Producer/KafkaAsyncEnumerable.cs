using System.Runtime.CompilerServices;
using Rx.Kafka.Operators;

namespace Rx.Kafka;

/// <summary>
/// Operators that send what an async enumerable has, and pull from it only while there is room: no thread is blocked. Each enumeration is
/// a sink of its own and sends again. Leaving the loop, or cancelling it, stops the input; what was accepted is sent all the same. The
/// source is enumerated on <see cref="ProducerRuntime.TaskScheduler"/>, ahead of the loop: by what is on its way, and by at most <see
/// cref="KafkaProducerOptions.MaxUnobservedDeliveries"/> and some 1,000 outcomes. It should end soon when its token is cancelled, because
/// leaving the loop waits for it.
/// </summary>
public static class KafkaAsyncEnumerable
{
    /// <summary>
    /// Sends records, and fails fast: the first failed record is thrown. Records that are queued for the same partition by then are not
    /// sent (<see cref="OnFailure.Halt"/>).
    /// </summary>
    /// <param name="source">The records. Their bytes are copied before the next one is pulled.</param>
    /// <param name="producer">Who sends them.</param>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// Acknowledgements, in order per partition. Throws what the source threw, after the outcomes of what came before; a <see
    /// cref="KafkaProduceException"/> for a failed record; an <see cref="ObjectDisposedException"/> if the producer is disposed before the
    /// source has ended.
    /// </returns>
    public static IAsyncEnumerable<RecordMetadata> ProduceTo(
        this IAsyncEnumerable<Record> source, KafkaProducer producer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(producer);
        return PulledElements.Deliver(source, producer, OnFailure.Halt, cancellationToken)
            .ThrowOnFailure(cancellationToken)
            .Succeeded(cancellationToken);
    }

    /// <summary>Sends records; failures are values, and the loop goes on.</summary>
    /// <param name="source">The records. Their bytes are copied before the next one is pulled.</param>
    /// <param name="producer">Who sends them.</param>
    /// <param name="onFailure">What happens to later records of a partition after one has failed. Default: they go on.</param>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// Every outcome, with the record itself, in order per partition. Throws what the source threw, after the outcomes of what came before;
    /// an <see cref="ObjectDisposedException"/> if the producer is disposed before the source has ended; a <see
    /// cref="KafkaProduceException"/> after a fatal error.
    /// </returns>
    public static IAsyncEnumerable<Delivery<Record>> DeliverTo(
        this IAsyncEnumerable<Record> source,
        KafkaProducer producer,
        OnFailure onFailure = OnFailure.Continue,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(producer);
        return PulledElements.Deliver(source, producer, onFailure, cancellationToken);
    }

    /// <summary>Sends one record for each element; an outcome has the very element in its <see cref="Delivery{T}.State"/>.</summary>
    /// <typeparam name="T">The element. A value type is boxed, unless the source's order is kept.</typeparam>
    /// <param name="source">The elements.</param>
    /// <param name="producer">Who sends them.</param>
    /// <param name="selector">
    /// Makes the record of an element, on <see cref="ProducerRuntime.TaskScheduler"/>. Its bytes are copied before the next element is
    /// pulled. If it throws, that element fails as <see cref="ProduceErrorCode.Serialization"/>.
    /// </param>
    /// <param name="preserveSourceOrder">
    /// Whether outcomes come in the order of the source, as a checkpoint needs it: one that is late then holds back those after it, at most
    /// <see cref="KafkaProducerOptions.MaxUnobservedDeliveries"/>. Default: in order per partition only.
    /// </param>
    /// <param name="onFailure">
    /// What happens to later records of a partition after one has failed. Default: they go on. A loop that stops at the first failure and
    /// resumes there takes <see cref="OnFailure.Halt"/>.
    /// </param>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    /// <returns>Every outcome, as <see cref="DeliverTo(IAsyncEnumerable{Record}, KafkaProducer, OnFailure, CancellationToken)"/>
    /// says.</returns>
    public static IAsyncEnumerable<Delivery<T>> DeliverTo<T>(
        this IAsyncEnumerable<T> source,
        KafkaProducer producer,
        Func<T, Record> selector,
        bool preserveSourceOrder = false,
        OnFailure onFailure = OnFailure.Continue,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(producer);
        ArgumentNullException.ThrowIfNull(selector);
        return PulledElements.Deliver(source, producer, new RecordsOf<T>(selector, onFailure), preserveSourceOrder, cancellationToken);
    }

    /// <summary>
    /// Sends any number of records for each element, which has one outcome: the first failure, else that of the record acknowledged last;
    /// when it asks for none, a success without a place on a log (partition −1).
    /// </summary>
    /// <inheritdoc cref="DeliverTo{T}(IAsyncEnumerable{T}, KafkaProducer, Func{T, Record}, bool, OnFailure, CancellationToken)"
    /// path="/typeparam"/>
    /// <inheritdoc cref="DeliverTo{T}(IAsyncEnumerable{T}, KafkaProducer, Func{T, Record}, bool, OnFailure, CancellationToken)"
    /// path="/param"/>
    /// <returns>One outcome for each element, when all its records have theirs.</returns>
    public static IAsyncEnumerable<Delivery<T>> DeliverTo<T>(
        this IAsyncEnumerable<T> source,
        KafkaProducer producer,
        Func<T, IEnumerable<Record>> selector,
        bool preserveSourceOrder = false,
        OnFailure onFailure = OnFailure.Continue,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(producer);
        ArgumentNullException.ThrowIfNull(selector);
        return PulledElements.Deliver(source, producer, new RecordsOf<T>(selector, onFailure), preserveSourceOrder, cancellationToken);
    }

    /// <summary>The acknowledgements among outcomes.</summary>
    /// <typeparam name="T">The element.</typeparam>
    /// <param name="deliveries">Outcomes.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <returns>Where each acknowledged record stands.</returns>
    public static async IAsyncEnumerable<RecordMetadata> Succeeded<T>(
        this IAsyncEnumerable<Delivery<T>> deliveries, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var delivery in deliveries.WithCancellation(cancellationToken))
        {
            if (delivery.Succeeded)
            {
                yield return delivery.Metadata;
            }
        }
    }

    /// <summary>The failures among outcomes.</summary>
    /// <inheritdoc cref="Succeeded" path="/typeparam"/>
    /// <inheritdoc cref="Succeeded" path="/param"/>
    /// <returns>The elements that failed, each with its error.</returns>
    public static async IAsyncEnumerable<FailedDelivery<T>> Failed<T>(
        this IAsyncEnumerable<Delivery<T>> deliveries, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var delivery in deliveries.WithCancellation(cancellationToken))
        {
            if (!delivery.Succeeded)
            {
                yield return new(delivery.State, delivery.Error);
            }
        }
    }

    /// <summary>Throws the first failure.</summary>
    /// <inheritdoc cref="Succeeded" path="/typeparam"/>
    /// <inheritdoc cref="Succeeded" path="/param"/>
    /// <returns>Outcomes that succeeded; a <see cref="KafkaProduceException"/> is thrown for the first that did not.</returns>
    public static async IAsyncEnumerable<Delivery<T>> ThrowOnFailure<T>(
        this IAsyncEnumerable<Delivery<T>> deliveries, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var delivery in deliveries.WithCancellation(cancellationToken))
        {
            yield return delivery.Succeeded ? delivery : throw delivery.Error.ToException();
        }
    }
}
