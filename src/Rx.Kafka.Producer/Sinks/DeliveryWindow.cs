namespace Rx.Kafka.Sinks;

/// <summary>
/// Holds a sink's source while more outcomes are decided than its observers have taken. Records still on their way do not count, memory
/// bounds those. There is no timeout: a slow observer holds up its own source, as everywhere in Rx.
/// </summary>
internal sealed class DeliveryWindow(int maximum, ProducerRuntime runtime)
{
    private readonly Lock _lock = new();
    private long _unobserved;
    private TaskCompletionSource? _opened;
    private bool _isClosed;

    public bool IsFull => Volatile.Read(ref _unobserved) > maximum;

    public void Decided(int count) => Interlocked.Add(ref _unobserved, count);

    public void Observed(int count)
    {
        if (Interlocked.Add(ref _unobserved, -count) <= maximum)
        {
            Open();
        }
    }

    /// <summary>Blocks until there is room again, or the producer is disposed.</summary>
    public void Wait()
    {
        while (IsFull && !_isClosed)
        {
            TaskCompletionSource opened;
            lock (_lock)
            {
                opened = _opened ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            // It may have opened before we asked to be told.
            if (!IsFull || _isClosed)
            {
                return;
            }

            runtime.Wait(opened.Task);
        }
    }

    /// <summary>Lets everybody through, to be refused further on. Dispose.</summary>
    public void Close()
    {
        _isClosed = true;
        Open();
    }

    private void Open()
    {
        TaskCompletionSource? opened;
        lock (_lock)
        {
            opened = _opened;
            _opened = null;
        }

        opened?.TrySetResult();
    }
}
