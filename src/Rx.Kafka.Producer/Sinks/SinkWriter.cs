using System.Threading.Channels;

namespace Rx.Kafka.Sinks;

/// <summary>
/// The writing end of a sink, for pipelines of channels. Nothing of it blocks: while observers lag behind, or a record that was written
/// stands in line for memory or metadata, it takes no more. Any thread.
/// </summary>
internal sealed class SinkWriter(SinkInput input) : ChannelWriter<Record>
{
    /// <summary>The last record that had to stand in line: while it does, the channel is full.</summary>
    private Task _inLine = Task.CompletedTask;

    private Exception? _error;

    private bool IsFull => input.IsFull || !Volatile.Read(ref _inLine).IsCompleted;

    public override bool TryWrite(Record item)
    {
        if (IsFull || input.IsClosed)
        {
            return false;
        }

        var line = input.Offer(item, state: null);

        // One that stands in no line says nothing of one that another thread has put into one meanwhile.
        if (!line.IsCompleted)
        {
            Volatile.Write(ref _inLine, line);
        }

        return true;
    }

    // The base's leaves the scheduler.
    public override ValueTask WriteAsync(Record item, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled(cancellationToken)
        : TryWrite(item) ? default
        : WriteLaterAsync(item, cancellationToken);

    public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<bool>(cancellationToken)
        : input.IsClosed ? Closed()
        : IsFull ? WaitAsync(cancellationToken)
        : new(true);

    public override bool TryComplete(Exception? error = null)
    {
        if (input.IsClosed)
        {
            return false;
        }

        _error = error;
        if (error is null)
        {
            input.OnCompleted();
        }
        else
        {
            input.OnError(error);
        }

        return true;
    }

    private async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        await RoomAsync(cancellationToken);
        return !input.IsClosed || await Closed();
    }

    private async Task RoomAsync(CancellationToken cancellationToken)
    {
        while (IsFull && !input.IsClosed)
        {
            await Volatile.Read(ref _inLine).WaitAsync(cancellationToken);
            await input.WhenOpen().WaitAsync(cancellationToken);
        }
    }

    private async ValueTask WriteLaterAsync(Record item, CancellationToken cancellationToken)
    {
        while (!input.IsClosed)
        {
            await RoomAsync(cancellationToken);
            if (TryWrite(item))
            {
                return;
            }
        }

        throw new ChannelClosedException(_error);
    }

    private ValueTask<bool> Closed() => _error is { } error ? ValueTask.FromException<bool>(error) : new(false);
}
