using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Batching;

/// <summary>
/// Places the callers in a partition's line, in order, as far as memory goes, and only then wakes them: waking callers to place their own records is twenty times slower,
/// and lets later ones overtake. A work item on the scheduler, one at a time per partition.
/// </summary>
internal sealed class LineDrainer
{
    private readonly PartitionChannel _channel;
    private readonly BatchingContext _context;
    private readonly SerialWork _work;
    private readonly Lock _timerLock = new();
    private ITimer? _timer;
    private bool _isStopped;

    public LineDrainer(PartitionChannel channel, BatchingContext context)
    {
        _channel = channel;
        _context = context;
        _work = new SerialWork(Drain, context.Scheduler);
    }

    /// <summary>Any thread; runs nothing inline.</summary>
    public void Queue() => _work.Queue();

    public void Stop()
    {
        lock (_timerLock)
        {
            _isStopped = true;
            _timer?.Dispose();
        }
    }

    private void Drain()
    {
        while (_channel.NextInLine() is { } waiter)
        {
            var remaining = _context.MaxBlock - _context.Time.GetElapsedTime(waiter.JoinedAt);
            if (remaining <= TimeSpan.Zero)
            {
                if (_channel.TryLeave(waiter))
                {
                    End(waiter, BufferFull());
                }
            }
            else if (!TryPlace(waiter))
            {
                CallAfter(remaining);
                return;
            }
        }
    }

    /// <returns>False when the partition waits for memory.</returns>
    private bool TryPlace(Waiter waiter)
    {
        if (!RecordView.TryTake(waiter.Record, waiter.Timestamp, out var view, out var unreadable))
        {
            if (_channel.TryLeave(waiter))
            {
                End(waiter, unreadable);
            }

            return true;
        }

        var result = _channel.PlaceFirst(waiter, view);
        switch (result)
        {
            case AppendResult.Placed:
                waiter.Face?.Leave();
                waiter.ConfirmPlaced();
                return true;
            case AppendResult.FaceEnded:
                End(waiter, new ProduceError(ProduceErrorCode.Closed, "The face ended before the record was accepted."));
                return true;
            default:
                return result != AppendResult.MustWait;
        }
    }

    private void End(Waiter waiter, ProduceError error)
    {
        waiter.Refuse(error);
        _context.Flushes.Leave(waiter.Generation);
    }

    private ProduceError BufferFull() => new(
        ProduceErrorCode.BufferFull,
        $"No memory became free for topic {_channel.Topic} partition {_channel.Partition} within MaxBlock ({_context.MaxBlock.TotalMilliseconds:0} ms) of BufferMemory ({_context.Memory.Total} bytes): the broker is slower than the source. Raise BufferMemory or MaxBlock, or slow the source.");

    private void CallAfter(TimeSpan delay)
    {
        lock (_timerLock)
        {
            if (_isStopped)
            {
                return;
            }

            _timer ??= _context.Time.CreateTimer(static work => ((SerialWork)work!).Queue(), _work, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(delay, Timeout.InfiniteTimeSpan);
        }
    }
}
