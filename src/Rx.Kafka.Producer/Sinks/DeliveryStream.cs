namespace Rx.Kafka.Sinks;

/// <summary>A hot stream of one sink: multicast, no replay; who subscribes after the end gets just the terminal signal.</summary>
/// <param name="name">As users call it.</param>
/// <param name="changed">Called when somebody comes or goes.</param>
/// <param name="resume">Called when a reader that was full, or has gone, no longer holds the dispatcher.</param>
internal sealed class DeliveryStream<T>(string name, Action changed, Action resume) : IObservable<T>
{
    private readonly Lock _lock = new();
    private Subscription[] _subscriptions = [];
    private IBoundedReader[] _readers = [];
    private Exception? _error;
    private bool _hasEnded;

    public string Name => name;

    public bool HasObservers => Volatile.Read(ref _subscriptions).Length != 0;

    /// <summary>Who is told the next element. Dispatcher.</summary>
    public ReadOnlySpan<Subscription> Subscriptions => Volatile.Read(ref _subscriptions);

    /// <summary>Whether a bounded reader has no room: the dispatcher stops until it is resumed.</summary>
    public bool IsFull
    {
        get
        {
            foreach (var reader in Volatile.Read(ref _readers))
            {
                if (reader.IsFull)
                {
                    return true;
                }
            }

            return false;
        }
    }

    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(this, observer);
        lock (_lock)
        {
            if (!_hasEnded)
            {
                (observer as IBoundedReader)?.HoldsBack(resume);
                Set([.. _subscriptions, subscription]);
                return subscription;
            }
        }

        subscription.End(_error);
        return subscription;
    }

    /// <summary>No more elements come. Dispatcher, once.</summary>
    /// <returns>Who is to be told the end.</returns>
    public ReadOnlySpan<Subscription> End(Exception? error)
    {
        lock (_lock)
        {
            _error = error;
            _hasEnded = true;
            var subscriptions = _subscriptions;
            Set([]);
            return subscriptions;
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (_lock)
        {
            Set([.. _subscriptions.Where(s => s != subscription)]);
        }

        resume();
    }

    private void Set(Subscription[] subscriptions)
    {
        Volatile.Write(ref _readers, [.. subscriptions.Select(static s => s.Observer).OfType<IBoundedReader>()]);
        Volatile.Write(ref _subscriptions, subscriptions);
        changed();
    }

    /// <summary>One observer of the stream. Any thread disposes; the dispatcher tells.</summary>
    public sealed class Subscription(DeliveryStream<T> stream, IObserver<T> observer) : IDisposable
    {
        private int _isDisposed;

        public IObserver<T> Observer => observer;

        public void Next(in T value)
        {
            if (Volatile.Read(ref _isDisposed) == 0)
            {
                observer.OnNext(value);
            }
        }

        public void End(Exception? error)
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            {
                return;
            }

            if (error is null)
            {
                observer.OnCompleted();
            }
            else
            {
                observer.OnError(error);
            }
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                stream.Remove(this);
            }
        }
    }
}
