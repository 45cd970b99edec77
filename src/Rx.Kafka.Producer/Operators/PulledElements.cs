using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Rx.Kafka.Sinks;

namespace Rx.Kafka.Operators;

/// <summary>
/// Sends what an async enumerable has, and pulls only while there is room. Each enumeration is a sink of its own: leaving it stops the
/// input, and no accepted record.
/// </summary>
internal static class PulledElements
{
    /// <summary>So many outcomes are told ahead of the reader.</summary>
    private const int ReadAhead = 1024;

    public static async IAsyncEnumerable<Delivery<Record>> Deliver(
        IAsyncEnumerable<Record> source,
        KafkaProducer producer,
        OnFailure onFailure,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var core = producer.Core;
        var sink = new RecordSink(core.Dispatching, onFailure == OnFailure.Halt);
        var input = core.OpenForOperator(sink);
        await using var outcomes = Read(sink.Deliveries, cancellationToken);
        await using var pump = new SourcePump<Record>(source, (record, stop) => input.OnNextAsync(record, state: null, stop), input);
        pump.Start(core);
        while (await outcomes.MoveNextAsync())
        {
            yield return outcomes.Current;
        }
    }

    public static IAsyncEnumerable<Delivery<T>> Deliver<T>(
        IAsyncEnumerable<T> source,
        KafkaProducer producer,
        RecordsOf<T> records,
        bool preserveSourceOrder,
        CancellationToken cancellationToken) =>
        preserveSourceOrder ? DeliverInOrder(source, producer.Core, records, cancellationToken)
        : records.IsMany ? DeliverMany(source, producer.Core, records, cancellationToken)
        : DeliverOne(source, producer.Core, records, cancellationToken);

    private static async IAsyncEnumerable<Delivery<T>> DeliverOne<T>(
        IAsyncEnumerable<T> source, ProducerCore core, RecordsOf<T> records, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sink = new ElementSink<T>(core.Dispatching, records.Halts);
        var input = core.OpenForOperator(sink);
        await using var outcomes = Read(sink.Deliveries, cancellationToken);
        await using var pump = new SourcePump<T>(source, (element, stop) => records.SendAsync(input, element, pending: null, stop), input);
        pump.Start(core);
        while (await outcomes.MoveNextAsync())
        {
            yield return outcomes.Current;
        }
    }

    private static async IAsyncEnumerable<Delivery<T>> DeliverMany<T>(
        IAsyncEnumerable<T> source, ProducerCore core, RecordsOf<T> records, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sink = new ElementSink<PendingElement<T>>(core.Dispatching, records.Halts);
        var input = core.OpenForOperator(sink);
        await using var outcomes = Read(sink.Deliveries, cancellationToken);
        await using var pump = new SourcePump<T>(
            source, (element, stop) => records.SendAsync(input, element, new PendingElement<T> { Element = element }, stop), input);
        pump.Start(core);
        while (await outcomes.MoveNextAsync())
        {
            var element = outcomes.Current.State;
            if (element.Take(outcomes.Current))
            {
                yield return element.Outcome;
            }
        }
    }

    private static async IAsyncEnumerable<Delivery<T>> DeliverInOrder<T>(
        IAsyncEnumerable<T> source, ProducerCore core, RecordsOf<T> records, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sink = new ElementSink<PendingElement<T>>(core.Dispatching, records.Halts);
        var input = core.OpenForOperator(sink);
        var order = new SourceOrder<T>(records, input, Math.Max(1, core.Dispatching.MaxUnobserved));
        using var outcomes = sink.Deliveries.Subscribe(order);
        await using var pump = new SourcePump<T>(source, order.SendAsync, input) { Ended = order.NoMore };
        pump.Start(core);
        while (await order.NextAsync(cancellationToken) is { } element)
        {
            yield return element.Outcome;
            order.Recycle(element);
        }
    }

    private static AsyncReader<T> Read<T>(DeliveryStream<T> outcomes, CancellationToken cancellationToken) =>
        new(outcomes, ReadAhead, BoundedChannelFullMode.Wait, cancellationToken, CancellationToken.None);
}
