using Reactive.Streams;

namespace Rx.Kafka.ReactiveStreams;

/// <summary>A stream for any number of subscribers, each with a demand and a buffer of its own.</summary>
internal sealed class StreamPublisher<T>(IObservable<T> source, int bufferSize) : IPublisher<T>
{
    public void Subscribe(ISubscriber<T> subscriber)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        new StreamSubscription<T>(subscriber).Start(source, bufferSize);
    }
}
