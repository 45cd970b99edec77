namespace Rx.Kafka.Metadata;

/// <summary>Those who wait for the first answer of the cluster. Any thread joins, the refresh loop tells them.</summary>
internal sealed class ConnectWaiters
{
    private readonly Lock _gate = new();
    private List<TaskCompletionSource> _waiters = [];

    public Task Join()
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiters.Add(waiter);
        }

        return waiter.Task;
    }

    public void Succeed() => Take().ForEach(static w => w.TrySetResult());

    /// <summary>Each gets an error object of its own.</summary>
    public void Fail(Func<Exception> error) => Take().ForEach(w =>
    {
        w.TrySetException(error());
        _ = w.Task.Exception; // observed: who waited may have given up
    });

    private List<TaskCompletionSource> Take()
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
}
