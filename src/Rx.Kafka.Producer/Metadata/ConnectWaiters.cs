namespace Rx.Kafka.Metadata;

/// <summary>Those who wait for the first answer of the cluster. Any thread joins, the refresh loop tells them.</summary>
internal sealed class ConnectWaiters
{
    private readonly Lock _gate = new();
    private List<WaitingRecord> _waiters = [];

    /// <summary>Joins; a token ends only the wait.</summary>
    public Task Join(CancellationToken cancellationToken)
    {
        var waiter = new WaitingRecord();
        waiter.Leaving = cancellationToken.UnsafeRegister(static (w, token) => ((WaitingRecord)w!).TrySetCanceled(token), waiter);
        lock (_gate)
        {
            _waiters.Add(waiter);
        }

        return waiter.Task;
    }

    public void Succeed() => Take().ForEach(static w =>
    {
        w.Leaving.Dispose();
        w.TrySetResult();
    });

    /// <summary>Each gets an error object of its own.</summary>
    public void Fail(Func<Exception> error) => Take().ForEach(w =>
    {
        w.Leaving.Dispose();
        w.TrySetException(error());
        _ = w.Task.Exception; // observed: nobody need await it
    });

    private List<WaitingRecord> Take()
    {
        lock (_gate)
        {
            if (_waiters.Count == 0)
            {
                return [];
            }

            var taken = _waiters;
            _waiters = [];
            return taken;
        }
    }

    private sealed class WaitingRecord() : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public CancellationTokenRegistration Leaving { get; set; }
    }
}
