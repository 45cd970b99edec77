namespace Rx.Kafka.Properties.Sinks;

/// <summary>An observer that insists on the grammar: OnNext* (OnError | OnCompleted)?, never two calls at once, none after it has gone.</summary>
internal sealed class CheckingObserver<T>(Action<T>? onNext = null) : IObserver<T>
{
    private int _inside;
    private bool _hasEnded;

    /// <summary>What it was told.</summary>
    public List<T> Values { get; } = [];

    public bool HasCompleted { get; private set; }

    public Exception? Error { get; private set; }

    /// <summary>Its subscription, once it has one.</summary>
    public IDisposable? Subscription { get; set; }

    /// <summary>It has unsubscribed, within its own OnNext or between two calls.</summary>
    public bool HasGone { get; private set; }

    /// <summary>What broke the grammar; null = nothing. Kept, because a thrown exception only detaches the observer.</summary>
    public string? Fault { get; private set; }

    public void Go()
    {
        HasGone = true;
        Subscription?.Dispose();
    }

    public void OnNext(T value) => Call("OnNext", () =>
    {
        Values.Add(value);
        onNext?.Invoke(value);
    });

    public void OnError(Exception error) => Call("OnError", () =>
    {
        _hasEnded = true;
        Error = error;
    });

    public void OnCompleted() => Call("OnCompleted", () =>
    {
        _hasEnded = true;
        HasCompleted = true;
    });

    private void Call(string name, Action body)
    {
        if (Interlocked.Increment(ref _inside) != 1)
        {
            Fault = $"{name} while another call was running";
        }
        else if (_hasEnded || HasGone)
        {
            Fault = $"{name} after the end";
        }

        try
        {
            body();
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }
}
