using Reactive.Streams;

namespace Rx.Kafka.Properties.ReactiveStreams;

/// <summary>A stream of records by hand, which looks whether its subscriber keeps the rules of section 2.</summary>
internal sealed class HandStream(ISubscriber<Record> subscriber, int demand = int.MaxValue) : ISubscription
{
    private bool _isInside;
    private bool _hasEnded;

    public long Requested { get; private set; }

    public long Sent { get; private set; }

    public long Owed => Requested - Sent;

    public int Cancels { get; private set; }

    public bool IsCancelled => Cancels > 0;

    /// <summary>The first rule that was broken.</summary>
    public string? Fault { get; private set; }

    /// <summary>Called in each request.</summary>
    public Action<HandStream>? Answer { get; set; }

    public static HandStream Subscribe(ISubscriber<Record> subscriber, int demand = int.MaxValue)
    {
        var stream = new HandStream(subscriber, demand);
        subscriber.OnSubscribe(stream);
        return stream;
    }

    public void Request(long n)
    {
        Enter($"request({n})");
        Check(n > 0, $"3.9: request({n})");
        Check(Owed + n <= demand, $"{Owed} were owed, and {n} more are asked for");
        Requested += n;
        Answer?.Invoke(this);
        _isInside = false;
    }

    public void Cancel()
    {
        Enter("cancel()");
        Cancels++;
        _isInside = false;
    }

    public void Next(Record record)
    {
        Sent++;
        subscriber.OnNext(record);
    }

    public void Complete()
    {
        _hasEnded = true;
        subscriber.OnComplete();
    }

    public void Fail(Exception error)
    {
        _hasEnded = true;
        subscriber.OnError(error);
    }

    private void Enter(string call)
    {
        Check(!_isInside, $"2.7: {call} within another call");
        Check(!_hasEnded, $"2.4: {call} after the end");
        Check(!IsCancelled, $"{call} after cancel");
        _isInside = true;
    }

    private void Check(bool holds, string rule) => Fault ??= holds ? null : rule;
}
