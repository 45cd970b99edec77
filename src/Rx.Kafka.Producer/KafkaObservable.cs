using System.Threading.Channels;

namespace Rx.Kafka;

/// <summary>Skeleton: the operators.</summary>
public static class KafkaObservable
{
    /// <summary>x</summary>
    public static IAsyncEnumerable<T> ReadAllAsync<T>(this IObservable<T> source, int capacity = 1024, BoundedChannelFullMode fullMode = BoundedChannelFullMode.Wait, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
