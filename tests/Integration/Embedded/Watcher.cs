using System.Collections.Concurrent;

namespace Rx.Kafka.Integration.Embedded;

/// <summary>Keeps what an observer hears.</summary>
/// <param name="then">Called after each element with how many there were.</param>
internal sealed class Watcher<T>(Func<int, int>? then = null) : IObserver<T>
{
    private readonly ConcurrentQueue<T> _seen = new();
    private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inside;

    public IReadOnlyCollection<T> Seen => _seen;

    /// <summary>The stream's end: its error, or null.</summary>
    public Task<Exception?> Ended => _ended.Task;

    /// <summary>Whether two calls ever ran at once.</summary>
    public bool Overlapped { get; private set; }

    public void OnNext(T value)
    {
        Overlapped |= Interlocked.Increment(ref _inside) != 1;
        try
        {
            _seen.Enqueue(value);
            then?.Invoke(_seen.Count);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    public void OnError(Exception error) => _ended.TrySetResult(error);

    public void OnCompleted() => _ended.TrySetResult(null);
}
