using System.Threading.Channels;
using Rx.Kafka.Sinks;

namespace Rx.Kafka;

/// <summary>Operators on the streams of a <see cref="KafkaProducer"/>.</summary>
public static class KafkaObservable
{
    /// <summary>
    /// Reads a stream by <c>await foreach</c>, bounded: while <paramref name="capacity"/> elements are unread, the stream waits. It
    /// subscribes when the enumeration begins, so start the reader before the source: <c>var reading = Print(); using var sub =
    /// events.Subscribe(producer); await reading;</c>
    /// </summary>
    /// <typeparam name="T">The element.</typeparam>
    /// <param name="source">The stream; directly on <see cref="KafkaProducer.Acks"/> and <see cref="KafkaProducer.Deliveries"/> waiting
    /// blocks no thread, after other operators it blocks the one that calls OnNext.</param>
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
