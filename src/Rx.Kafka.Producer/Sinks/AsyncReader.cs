using System.Threading.Channels;
using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Sinks;

/// <summary>One <c>await foreach</c> over an observable: a bounded channel between the observable's thread and the reader.</summary>
internal sealed class AsyncReader<T> : IObserver<T>, IAsyncEnumerator<T>, IBoundedReader
{
    private readonly Channel<T> _channel;
    private readonly int _capacity;
    private readonly bool _waits;
    private readonly CancellationTokenSource? _either;
    private readonly CancellationToken _cancellationToken;
    private readonly IDisposable _subscription;
    private readonly Lock _lock = new();
    private Action? _resume;
    private TaskCompletionSource? _room;
    private int _holdsBack;
    private volatile bool _isDisposed;

    public AsyncReader(
        IObservable<T> source, int capacity, BoundedChannelFullMode fullMode, CancellationToken ofCall, CancellationToken ofEnumeration)
    {
        _capacity = capacity;
        _waits = fullMode == BoundedChannelFullMode.Wait;
        var bounds = new BoundedChannelOptions(capacity) { FullMode = fullMode, SingleReader = true, SingleWriter = false };
        _channel = Channel.CreateBounded<T>(bounds);
        _subscription = source.Subscribe(this);

        // Last, so that a source whose Subscribe throws leaves nothing registered.
        _either = ofCall.CanBeCanceled && ofEnumeration.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(ofCall, ofEnumeration)
            : null;
        _cancellationToken = _either?.Token ?? (ofEnumeration.CanBeCanceled ? ofEnumeration : ofCall);
    }

    public T Current { get; private set; } = default!;

    public bool IsFull
    {
        get
        {
            if (!_waits || _isDisposed || _channel.Reader.Count < _capacity)
            {
                return false;
            }

            // Said before the second look, so that a read or the dispose in between resumes.
            Interlocked.Exchange(ref _holdsBack, 1);
            return !_isDisposed && _channel.Reader.Count >= _capacity;
        }
    }

    public void HoldsBack(Action resume) => _resume = resume;

    public async ValueTask<bool> MoveNextAsync()
    {
        _cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            if (_channel.Reader.TryRead(out var value))
            {
                Current = value;
                MadeRoom();
                return true;
            }

            // Its task may carry a token: a cancelled wait throws OperationCanceledException, also where elements are left.
            if (!await _channel.Reader.WaitToReadAsync(_cancellationToken))
            {
                return false;
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        _subscription.Dispose();
        _either?.Dispose();
        MadeRoom();
        return ValueTask.CompletedTask;
    }

    // The dispatcher of our own streams has asked before; after other operators the source's thread blocks here, as Rx has no other way
    // to wait.
    public void OnNext(T value)
    {
        while (!_isDisposed && !_channel.Writer.TryWrite(value))
        {
            Task room;
            lock (_lock)
            {
                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
            }

            // Asked after the promise is there, so that a read in between keeps it. (A completed channel takes nothing: then there is
            // nobody to wait for.)
            if (!IsFull)
            {
                if (_channel.Reader.Completion.IsCompleted)
                {
                    return;
                }

                continue;
            }

            if (DispatcherContext.Current is { } dispatcher)
            {
                dispatcher.Runtime.Wait(room);
            }
            else
            {
                BlockingWait.Wait(room);
            }
        }
    }

    public void OnError(Exception error) => _channel.Writer.TryComplete(error);

    public void OnCompleted() => _channel.Writer.TryComplete();

    private void MadeRoom()
    {
        if (Interlocked.Exchange(ref _holdsBack, 0) == 0)
        {
            return;
        }

        TaskCompletionSource? room;
        lock (_lock)
        {
            room = _room;
            _room = null;
        }

        room?.TrySetResult();
        _resume?.Invoke();
    }
}

/// <summary>An observer that can have no room: the dispatcher asks before it tells, instead of blocking in OnNext.</summary>
internal interface IBoundedReader
{
    /// <summary>Any thread.</summary>
    bool IsFull { get; }

    /// <summary>From now on the dispatcher asks; <paramref name="resume"/> is called when there is room again.</summary>
    void HoldsBack(Action resume);
}
