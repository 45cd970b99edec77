using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Runtime.CompilerServices;

namespace Rx.Kafka.Integration.Hosting;

/// <summary>Sources of pipelines.</summary>
internal static class Streams
{
    public static IObservable<Record> Never { get; } = Observable.Never<Record>();

    /// <summary>Pushes records within Subscribe, until it is left.</summary>
    public static IObservable<Record> Blocking(string topic) => Observable.Create<Record>(observer =>
    {
        var left = new BooleanDisposable();
        return Observable.Range(0, int.MaxValue, System.Reactive.Concurrency.CurrentThreadScheduler.Instance)
            .TakeWhile(_ => !left.IsDisposed)
            .Select(n => new Record(topic, $"k{n}", $"v{n}"))
            .Subscribe(observer);
    });

    /// <summary>Pulled records, until it is left; each is told before it is given.</summary>
    public static async IAsyncEnumerable<Record> Endless(string topic, Action<int> given, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var i = 0; ; i++)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            given(i);
            yield return new Record(topic, $"k{i}", $"v{i}");
        }
    }

    /// <summary>One record; does something at its end, after it was cancelled.</summary>
    public static async IAsyncEnumerable<Record> Ending(string topic, Action end, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            yield return new Record(topic, "v");
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        finally
        {
            end();
        }
    }

    /// <summary>One record; does something within the cancellation.</summary>
    public static async IAsyncEnumerable<Record> Cancelled(string topic, Action cancelled, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var registration = cancellationToken.Register(cancelled);
        yield return new Record(topic, "v");
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    public static async IAsyncEnumerable<Record> Of(string topic, int count, Exception? then = null)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return new Record(topic, $"k{i}", $"v{i}");
        }

        if (then is not null)
        {
            throw then;
        }
    }
}
