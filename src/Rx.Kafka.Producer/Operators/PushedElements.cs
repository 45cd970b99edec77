using System.Reactive.Disposables;
using System.Reactive.Linq;
using Rx.Kafka.Sinks;

namespace Rx.Kafka.Operators;

/// <summary>
/// Sends what an observable brings. Each subscription is a sink of its own: disposing it stops the input, and no accepted record.
/// </summary>
internal static class PushedElements
{
    public static IObservable<Delivery<Record>> Deliver(IObservable<Record> source, KafkaProducer producer, OnFailure onFailure) =>
        Observable.Create<Delivery<Record>>(observer =>
        {
            var sink = new RecordSink(producer.Core.Dispatching, onFailure == OnFailure.Halt);
            var input = producer.Core.OpenForOperator(sink);
            return Connect(source, new SourceObserver<Record>(input, record => input.OnNext(record)), sink.Deliveries.Subscribe(observer));
        });

    public static IObservable<Delivery<T>> Deliver<T>(IObservable<T> source, KafkaProducer producer, RecordsOf<T> records) =>
        records.IsMany ? DeliverMany(source, producer, records) : Observable.Create<Delivery<T>>(observer =>
        {
            var sink = new ElementSink<T>(producer.Core.Dispatching, records.Halts);
            var input = producer.Core.OpenForOperator(sink);
            var elements = new SourceObserver<T>(input, element => records.Send(input, element, pending: null));
            return Connect(source, elements, sink.Deliveries.Subscribe(observer));
        });

    private static IObservable<Delivery<T>> DeliverMany<T>(IObservable<T> source, KafkaProducer producer, RecordsOf<T> records) =>
        Observable.Create<Delivery<T>>(observer =>
        {
            var sink = new ElementSink<PendingElement<T>>(producer.Core.Dispatching, records.Halts);
            var input = producer.Core.OpenForOperator(sink);
            var elements = new SourceObserver<T>(
                input, element => records.Send(input, element, new PendingElement<T> { Element = element }));
            var outcomes = sink.Deliveries
                .Where(static delivery => delivery.State.Take(delivery))
                .Select(static delivery => delivery.State.Outcome);
            return Connect(source, elements, outcomes.Subscribe(observer));
        });

    // The observer is there before the source, which may bring all it has while it is subscribed to.
    private static ICancelable Connect<T>(IObservable<T> source, SourceObserver<T> elements, IDisposable outcomes)
    {
        var upstream = new SingleAssignmentDisposable();
        var all = StableCompositeDisposable.Create(upstream, elements, outcomes);
        try
        {
            upstream.Disposable = source.Subscribe(elements);
        }
        catch
        {
            all.Dispose();
            throw;
        }

        return all;
    }

    /// <summary>What the source calls. Disposed before its end, it takes nothing more.</summary>
    private sealed class SourceObserver<T>(SinkInput input, Action<T> send) : IObserver<T>, IDisposable
    {
        private volatile bool _isDisposed;

        public void OnNext(T value)
        {
            if (!_isDisposed)
            {
                send(value);
            }
        }

        public void OnError(Exception error) => input.OnError(error);

        public void OnCompleted() => input.OnCompleted();

        public void Dispose()
        {
            _isDisposed = true;
            input.Stop();
        }
    }
}
