using Reactive.Streams;

namespace Rx.Kafka.ReactiveStreams;

/// <summary>A sink between two streams. It asks for records only after somebody has subscribed to their outcomes.</summary>
internal sealed class SinkProcessor : IProcessor<Record, Delivery<Record>>
{
    private readonly ProducerSink _sink;
    private readonly int _demand;
    private readonly SinkSubscriber _input;
    private int _isSubscribed;

    public SinkProcessor(ProducerSink sink, int demand)
    {
        _sink = sink;
        _demand = demand;
        _input = new SinkSubscriber(sink, demand);
    }

    public void Subscribe(ISubscriber<Delivery<Record>> subscriber)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        if (Interlocked.Exchange(ref _isSubscribed, 1) != 0)
        {
            var taken = new InvalidOperationException(
                "The outcomes of this processor have a subscriber already. A processor has one; for more, use ToSubscriber and ToPublisher.");
            new StreamSubscription<Delivery<Record>>(subscriber).Start(System.Reactive.Linq.Observable.Throw<Delivery<Record>>(taken), 1);
            return;
        }

        new StreamSubscription<Delivery<Record>>(subscriber, _input.Leave).Start(_sink, _demand);
        _input.Begin();
    }

    public void OnSubscribe(ISubscription subscription) => _input.OnSubscribe(subscription);

    public void OnNext(Record element) => _input.OnNext(element);

    public void OnError(Exception cause) => _input.OnError(cause);

    public void OnComplete() => _input.OnComplete();
}
