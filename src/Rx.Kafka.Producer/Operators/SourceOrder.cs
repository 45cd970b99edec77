using System.Threading.Channels;
using Microsoft.Extensions.ObjectPool;
using Rx.Kafka.Sinks;

namespace Rx.Kafka.Operators;

/// <summary>
/// Gives the outcomes of elements in the order in which the source brought the elements. The pump sends, the dispatcher tells, one reader
/// takes. At most <paramref name="capacity"/> elements are between the pump and the reader.
/// </summary>
internal sealed class SourceOrder<T>(RecordsOf<T> records, SinkInput input, int capacity) : IObserver<Delivery<PendingElement<T>>>
{
    private readonly DefaultObjectPool<PendingElement<T>> _pool = new(new DefaultPooledObjectPolicy<PendingElement<T>>(), capacity);
    private readonly Channel<PendingElement<T>> _elements = Channel.CreateBounded<PendingElement<T>>(
        new BoundedChannelOptions(capacity) { SingleReader = true });

    /// <summary>Says to the reader that some element is done.</summary>
    private readonly Channel<bool> _done = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Sends an element's records, after it has its place. Pump.</summary>
    public async ValueTask SendAsync(T element, CancellationToken cancellationToken)
    {
        var pending = _pool.Get();
        pending.Element = element;
        await _elements.Writer.WriteAsync(pending, cancellationToken);
        await records.SendAsync(input, element, pending, cancellationToken);
    }

    /// <summary>The source has ended. Pump.</summary>
    public void NoMore(Exception? error) => _elements.Writer.TryComplete(error);

    /// <summary>
    /// The next element of the source, when it has its outcome; null after the last. Throws what the source threw. Reader.
    /// </summary>
    public async ValueTask<PendingElement<T>?> NextAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PendingElement<T>? element;
        while (!_elements.Reader.TryRead(out element))
        {
            if (!await _elements.Reader.WaitToReadAsync(cancellationToken))
            {
                return null;
            }
        }

        while (!element.IsDone)
        {
            if (!await _done.Reader.WaitToReadAsync(cancellationToken) && !element.IsDone)
            {
                throw new ObjectDisposedException(typeof(KafkaProducer).FullName, "The outcomes ended before this element had its own.");
            }

            _done.Reader.TryRead(out _);
        }

        return element;
    }

    /// <summary>The reader is done with an element.</summary>
    public void Recycle(PendingElement<T> element)
    {
        element.Reset();
        _pool.Return(element);
    }

    public void OnNext(Delivery<PendingElement<T>> value)
    {
        if (value.State.Take(value))
        {
            _done.Writer.TryWrite(true);
        }
    }

    // Before all outcomes were told only a fatal error ends them, or a dispose: the reader throws it. A source that says nothing more would
    // never end the elements, so they end here too.
    public void OnError(Exception error)
    {
        _done.Writer.TryComplete(error);
        _elements.Writer.TryComplete(error);
    }

    public void OnCompleted() => _done.Writer.TryComplete();
}
