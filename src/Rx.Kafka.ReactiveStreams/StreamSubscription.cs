using System.Threading.Channels;
using Reactive.Streams;

namespace Rx.Kafka.ReactiveStreams;

/// <summary>
/// One subscriber of a stream. One loop reads ahead into a bounded buffer, waits for demand, and alone signals the subscriber (rule 1.3),
/// so a request or cancel from within a signal only leaves word (3.3). Any thread requests and cancels.
/// </summary>
/// <param name="subscriber">Who is signalled.</param>
/// <param name="ended">Called once, when it hears no more: after the end, its cancel, or its fault.</param>
#pragma warning disable CA1001 // A source of cancellation without timer or handle has nothing to dispose, and a late cancel must find it.
internal sealed class StreamSubscription<T>(ISubscriber<T> subscriber, Action? ended = null) : ISubscription
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true });
    private ISubscriber<T>? _subscriber = subscriber;
    private Exception? _fault;
    private long _demand;

    /// <summary>Subscribes to the stream, then tells the subscriber its subscription.</summary>
    public void Start(IObservable<T> source, int bufferSize)
    {
        IAsyncEnumerator<T>? elements = null;
        try
        {
            elements = source.ReadAllAsync(bufferSize).GetAsyncEnumerator(_stop.Token);
        }
        catch (Exception e)
        {
            _fault = e;
        }

        Pump.Start(() => RunAsync(elements));
    }

    public void Request(long n)
    {
        if (n > 0)
        {
            AddDemand(n);
            _news.Writer.TryWrite(true);
        }
        else
        {
            var fault = new ArgumentOutOfRangeException(nameof(n), n, "A subscriber must ask for 1 element or more: Reactive Streams rule 3.9.");
            Interlocked.CompareExchange(ref _fault, fault, null);
            Stop();
        }
    }

    public void Cancel()
    {
        // Nobody is signalled any more, and its memory is free (3.13).
        if (Interlocked.Exchange(ref _subscriber, null) is not null)
        {
            Stop();
        }
    }

    private void Stop()
    {
        _stop.Cancel();
        _news.Writer.TryWrite(true);
    }

    private void AddDemand(long n)
    {
        long before;
        do
        {
            before = Volatile.Read(ref _demand);
        }
        while (Interlocked.CompareExchange(ref _demand, n > long.MaxValue - before ? long.MaxValue : before + n, before) != before);
    }

    private async Task RunAsync(IAsyncEnumerator<T>? elements)
    {
        try
        {
            Volatile.Read(ref _subscriber)?.OnSubscribe(this);
            if (elements is not null)
            {
                await SignalAllAsync(elements);
            }

            // From here a cancel comes too late, and a terminal signal comes once (1.7).
            if (Interlocked.Exchange(ref _subscriber, null) is not { } told)
            {
                return;
            }

            if (_fault is { } fault)
            {
                told.OnError(fault);
            }
            else
            {
                told.OnComplete();
            }
        }
        finally
        {
            // A subscriber that threw has cancelled (2.13).
            Cancel();
            await (elements?.DisposeAsync() ?? default);
            ended?.Invoke();
        }
    }

    private async ValueTask SignalAllAsync(IAsyncEnumerator<T> elements)
    {
        while (await HasNextAsync(elements) && await IsWantedAsync())
        {
            Interlocked.Decrement(ref _demand);
            Volatile.Read(ref _subscriber)?.OnNext(elements.Current);
        }
    }

    private async ValueTask<bool> HasNextAsync(IAsyncEnumerator<T> elements)
    {
        try
        {
            return await elements.MoveNextAsync();
        }
        catch (Exception e)
        {
            // The stream's error, or we were stopped; then the cause is there already, or nobody hears of it.
            Interlocked.CompareExchange(ref _fault, e, null);
            return false;
        }
    }

    /// <returns>False when it was stopped.</returns>
    private async ValueTask<bool> IsWantedAsync()
    {
        while (Volatile.Read(ref _demand) == 0 && !_stop.IsCancellationRequested)
        {
            await _news.Reader.ReadAsync();
        }

        return !_stop.IsCancellationRequested;
    }
}
