namespace Rx.Kafka.Testing.Groups;

/// <summary>
/// An answer that another request, or the clock, makes ready. It may be told under a lock: whoever waits goes on elsewhere.
/// </summary>
internal sealed class PendingAnswer<T>
{
    private readonly TaskCompletionSource<T> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it was told, or nobody waits any more.</summary>
    public bool IsOver => _told.Task.IsCompleted;

    /// <summary>Tells it; the first time counts.</summary>
    public void Tell(T answer) => _told.TrySetResult(answer);

    /// <summary>Waits until it is told.</summary>
    /// <exception cref="OperationCanceledException">The connection ended first.</exception>
    public async Task<T> WaitAsync(CancellationToken end)
    {
        await using var registration = end.Register(static told => ((TaskCompletionSource<T>)told!).TrySetCanceled(), _told);
        return await _told.Task;
    }
}
