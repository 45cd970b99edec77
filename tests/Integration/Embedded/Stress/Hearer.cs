using System.Globalization;

namespace Rx.Kafka.Integration.Embedded.Stress;

/// <summary>Observes one sink: each outcome once, one at a time, offsets rising in each partition.</summary>
/// <param name="book">Where faults are noted.</param>
/// <param name="whose">The flow's hearing and the number of an element.</param>
/// <param name="manner">What it does besides.</param>
internal sealed class Hearer<T>(Book book, Func<T, (Hearing Hearing, int Number)> whose, Manner manner) : IObserver<Delivery<T>>
{
    private readonly long[] _highest = [.. Enumerable.Repeat(-1L, Round.Partitions)];
    private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inside;
    private int _count;

    public Task<Exception?> Ended => _ended.Task;

    public void OnNext(Delivery<T> value)
    {
        if (Interlocked.Exchange(ref _inside, 1) != 0)
        {
            book.Fault("An observer was told two outcomes at once.");
        }

        if (_ended.Task.IsCompleted)
        {
            book.Fault("An observer was told an outcome after the end.");
        }

        var (hearing, number) = whose(value.State);
        var fate = Fate.Of(value);
        hearing.Told(number, fate);
        if (fate is { Offset: >= 0 })
        {
            if (fate.Offset <= _highest[fate.Partition])
            {
                book.Fault(string.Create(
                    CultureInfo.InvariantCulture, $"An observer was told {fate.Partition}@{fate.Offset} after {_highest[fate.Partition]}."));
            }

            _highest[fate.Partition] = fate.Offset;
        }

        _count++;
        if (manner.IsSlow && _count % 32 == 0)
        {
            Thread.Sleep(_count % 256 == 0 ? 5 : 0);
        }

        manner.Then?.Invoke(_count);
        var isThrowing = _count == manner.ThrowsAt;
        if (isThrowing)
        {
            // Only then: another thread may set it at any moment.
            hearing.IsLoose = true;
        }

        Volatile.Write(ref _inside, 0);
        if (isThrowing)
        {
            throw new InvalidTimeZoneException("The observer throws on purpose.");
        }
    }

    public void OnError(Exception error) => End(error);

    public void OnCompleted() => End(null);

    private void End(Exception? error)
    {
        if (!_ended.TrySetResult(error))
        {
            book.Fault("An observer was told two ends.");
        }
    }
}
