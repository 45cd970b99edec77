using System.Threading.Channels;
using Reactive.Streams;

namespace Rx.Kafka.ReactiveStreams;

/// <summary>
/// Writes a stream's records to a sink. The stream's thread only puts a record into a bounded channel, which has room for all that was
/// asked for. One loop takes it from there, waits for the sink, and alone calls the subscription (rule 2.7). A record that the sink does
/// not take any more is offered to it all the same: it is refused, counted and told.
/// </summary>
internal sealed class SinkSubscriber : ISubscriber<Record>
{
    private readonly ProducerSink _sink;
    private readonly int _demand;
    private readonly TaskCompletionSource _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<Record> _records;
    private ISubscription? _subscription;
    private Exception? _error;
    private volatile bool _hasEnded;
    private volatile bool _isLeft;
    private volatile bool _isCancelled;
    private int _isSubscribed;

    /// <param name="sink">Where records go.</param>
    /// <param name="demand">How many are asked for ahead.</param>
    public SinkSubscriber(ProducerSink sink, int demand)
    {
        _sink = sink;
        _demand = demand;
        _records = Channel.CreateBounded<Record>(new BoundedChannelOptions(demand) { SingleReader = true });
    }

    public void OnSubscribe(ISubscription subscription)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        if (Interlocked.Exchange(ref _isSubscribed, 1) != 0)
        {
            subscription.Cancel();
            return;
        }

        _subscription = subscription;
        _ = _sink.Completion.ContinueWith(
            static (_, self) => ((SinkSubscriber)self!).Stop(),
            this, CancellationToken.None, TaskContinuationOptions.DenyChildAttach, TaskScheduler.Current);
        Pump.Start(RunAsync);
    }

    public void OnNext(Record element)
    {
        if (!_records.Writer.TryWrite(element))
        {
            // Of a stream that keeps the rules this is what was under way when it was cancelled, or when the sink ended: then the error
            // comes too late to be one.
            if (!_isCancelled)
            {
                _sink.OnError(new InvalidOperationException(
                    $"The stream signalled more than the {_demand} records that were asked for, or after its end: Reactive Streams rules "
                    + "1.1 and 1.7."));
            }

            Refuse(element);
        }
    }

    public void OnError(Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        End(cause);
    }

    public void OnComplete() => End(null);

    /// <summary>From now on records are asked for. Any thread.</summary>
    public void Begin() => _wanted.TrySetResult();

    /// <summary>
    /// Nobody wants outcomes any more. What the sink has not taken by then is dropped, like all that is under way. Any thread.
    /// </summary>
    public void Leave()
    {
        _isLeft = true;
        _sink.OnCompleted();
        Stop();
    }

    /// <summary>The sink has ended, or the stream.</summary>
    private void Stop()
    {
        _records.Writer.TryComplete();
        Begin();
    }

    private void End(Exception? error)
    {
        _error ??= error;
        _hasEnded = true;
        Stop();

        // A stream that fails before it has subscribed us.
        if (Interlocked.Exchange(ref _isSubscribed, 1) == 0)
        {
            Pump.Start(RunAsync);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await _wanted.Task;
            if (await WriteAllAsync() && _hasEnded)
            {
                EndSink();
            }
            else
            {
                _isCancelled = true;
                _subscription?.Cancel();
            }
        }
        catch (Exception e)
        {
            // The subscription threw, which it must not (3.16).
            _sink.OnError(e);
        }

        _subscription = null;
        Stop();
        while (_records.Reader.TryRead(out var late))
        {
            Refuse(late);
        }
    }

    /// <returns>False when the sink takes no more.</returns>
    private async ValueTask<bool> WriteAllAsync()
    {
        var due = _demand;
        while (true)
        {
            if (due >= _demand - (_demand / 2) && !_hasEnded)
            {
                if (!await IsOpenAsync())
                {
                    return false;
                }

                // The end may have come meanwhile (2.4).
                if (!_hasEnded)
                {
                    _subscription!.Request(due);
                    due = 0;
                }
            }

            if (_records.Reader.TryRead(out var record))
            {
                if (!await TryWriteAsync(record))
                {
                    return false;
                }

                due++;
            }
            else if (!await _records.Reader.WaitToReadAsync())
            {
                return true;
            }
        }
    }

    /// <summary>Waits until the sink has room.</summary>
    private async ValueTask<bool> IsOpenAsync()
    {
        try
        {
            return await _sink.Writer.WaitToWriteAsync();
        }
        catch (Exception)
        {
            // Somebody else has ended it with an error.
            return false;
        }
    }

    private async ValueTask<bool> TryWriteAsync(Record record)
    {
        while (!_sink.Writer.TryWrite(record))
        {
            if (!await IsOpenAsync())
            {
                Refuse(record);
                return false;
            }
        }

        return true;
    }

    /// <summary>The sink has ended, so this blocks nobody.</summary>
    private void Refuse(in Record record)
    {
        if (!_isLeft)
        {
            _sink.OnNext(record);
        }
    }

    private void EndSink()
    {
        if (_error is { } error)
        {
            _sink.OnError(error);
        }
        else
        {
            _sink.OnCompleted();
        }
    }
}
