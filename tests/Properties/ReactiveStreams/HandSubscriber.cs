using Reactive.Streams;

namespace Rx.Kafka.Properties.ReactiveStreams;

/// <summary>A subscriber by hand, which looks whether its publisher keeps the rules of sections 1 and 3.</summary>
internal sealed class HandSubscriber<T>(Action<HandSubscriber<T>, T>? onNext = null, long demand = 0) : ISubscriber<T>
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ISubscription? _subscription;
    private int _depth;
    private bool _isCancelled;

    public List<T> Values { get; } = [];

    /// <summary>Saturates, as demand does.</summary>
    public long Requested { get; private set; }

    public bool IsSubscribed => _subscription is not null;

    public Exception? Error { get; private set; }

    public int Ends { get; private set; }

    public Task Ended => _ended.Task;

    /// <summary>The first rule that was broken.</summary>
    public string? Fault { get; private set; }

    public void Request(long n)
    {
        Requested = n > long.MaxValue - Requested ? long.MaxValue : Requested + n;
        _subscription!.Request(n);
    }

    /// <summary>A demand that breaks rule 3.9.</summary>
    public void RequestWrongly(long n) => _subscription!.Request(n);

    public void Cancel()
    {
        _subscription!.Cancel();
        _isCancelled = true;
    }

    public void OnSubscribe(ISubscription subscription)
    {
        Check(_subscription is null, "1.10, 2.12: subscribed twice");
        _subscription = subscription;
        if (demand > 0)
        {
            Request(demand);
        }
    }

    public void OnNext(T element)
    {
        Signal("onNext");
        Check(Values.Count < Requested, "1.1: more than was asked for");
        Check(++_depth == 1, "1.3, 3.3: onNext within onNext");
        Values.Add(element);
        onNext?.Invoke(this, element);
        _depth--;
    }

    public void OnError(Exception cause)
    {
        Signal("onError");
        Error = cause;
        End();
    }

    public void OnComplete()
    {
        Signal("onComplete");
        End();
    }

    private void End()
    {
        Check(_depth == 0, "1.3: a terminal signal within onNext");
        Ends++;
        _ended.TrySetResult();
    }

    private void Signal(string signal)
    {
        Check(_subscription is not null, $"1.9: {signal} before onSubscribe");
        Check(Ends == 0, $"1.7: {signal} after a terminal signal");
        Check(!_isCancelled, $"1.8: {signal} after cancel");
    }

    private void Check(bool holds, string rule) => Fault ??= holds ? null : rule;
}
