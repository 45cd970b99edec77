namespace Rx.Kafka.Network;

/// <summary>
/// A token that is cancelled when a connection's setup has taken too long, or by an outer token. The clock's callback only queues the
/// cancellation to the scheduler: what a transport registers on the token must not run on the clock's thread.
/// </summary>
internal sealed class SetupDeadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly TaskScheduler _scheduler;
    private readonly ITimer _timer;
    private int _state; // 0 = running, 1 = expired, 2 = disposed

    public SetupDeadline(TimeProvider time, TaskScheduler scheduler, TimeSpan timeout, CancellationToken outer)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(outer);
        _scheduler = scheduler;
        _timer = time.CreateTimer(static self => ((SetupDeadline)self!).Expire(), this, timeout, Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Whether the time ran out before the setup was through.</summary>
    public bool Expired => Volatile.Read(ref _state) == 1;

    public void Dispose()
    {
        _timer.Dispose();

        // Once expired, the queued cancellation still needs the source, which holds nothing that outlives it.
        if (Interlocked.CompareExchange(ref _state, 2, 0) == 0)
        {
            _source.Dispose();
        }
    }

    private void Expire()
    {
        if (Interlocked.CompareExchange(ref _state, 1, 0) == 0)
        {
            _ = Task.Factory.StartNew(_source.Cancel, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);
        }
    }
}
