using Rx.Kafka.Concurrency;
using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Batching;

/// <summary>Callers in the order they came. Guarded by its owner's lock or gate.</summary>
internal sealed class WaitingLine
{
    private WaitingRecord? _last;

    public WaitingRecord? First { get; private set; }

    public int Count { get; private set; }

    public void Add(WaitingRecord waiter)
    {
        waiter.Line = this;
        waiter.Previous = _last;
        waiter.Next = null;
        if (_last is null)
        {
            First = waiter;
        }
        else
        {
            _last.Next = waiter;
        }

        _last = waiter;
        Count++;
    }

    /// <summary>Puts a waiter back that could not be placed.</summary>
    public void AddFirst(WaitingRecord waiter)
    {
        waiter.Line = this;
        waiter.Previous = null;
        waiter.Next = First;
        if (First is null)
        {
            _last = waiter;
        }
        else
        {
            First.Previous = waiter;
        }

        First = waiter;
        Count++;
    }

    /// <summary>Takes a waiter out; false when somebody else did.</summary>
    public bool Remove(WaitingRecord waiter)
    {
        if (waiter.Line != this)
        {
            return false;
        }

        if (waiter.Previous is null)
        {
            First = waiter.Next;
        }
        else
        {
            waiter.Previous.Next = waiter.Next;
        }

        if (waiter.Next is null)
        {
            _last = waiter.Previous;
        }
        else
        {
            waiter.Next.Previous = waiter.Previous;
        }

        waiter.Line = null;
        waiter.Previous = waiter.Next = null;
        Count--;
        return true;
    }
}

/// <summary>A record whose caller stands in line, for memory in its partition's line or for metadata in its topic's. Who unlinks it under the line's lock ends it.</summary>
internal sealed class WaitingRecord
{
    private readonly TaskCompletionSource _placed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IWaitingPlace? _place;
    private bool _isWithdrawn;

    public WaitingRecord(in Record record, Sink? sink, RecordCompletion? completion, long timestamp, long joinedAt, long generation)
    {
        Record = record;
        Sink = sink;
        Completion = completion;
        Timestamp = timestamp;
        JoinedAt = joinedAt;
        Generation = generation;
    }

    /// <summary>Says that the record must stand in line, and its caller must bring a completion for that.</summary>
    public static WaitingRecord Needed { get; } = new(default, null, null, 0, 0, 0);

    public Record Record { get; }

    /// <summary>Whom the outcome is told, when the record came by a sink.</summary>
    public Sink? Sink { get; }

    /// <summary>Whom the outcome is told, when the record is awaited.</summary>
    public RecordCompletion? Completion { get; }

    /// <summary>Milliseconds since 1970.</summary>
    public long Timestamp { get; }

    /// <summary>Monotonic time of joining: MaxBlock runs from here, also from line to line.</summary>
    public long JoinedAt { get; }

    /// <summary>The flush generation it counts in until a batch takes it.</summary>
    public long Generation { get; }

    /// <summary>The line it stands in; null when it was ended, or is being placed.</summary>
    public WaitingLine? Line { get; set; }

    /// <summary>Where that line is; changes when a topic's line hands it to a partition's.</summary>
    public IWaitingPlace? Place
    {
        get => Volatile.Read(ref _place);
        set => Volatile.Write(ref _place, value);
    }

    /// <summary>Its caller wants to withdraw it: who cannot place it ends it, instead of putting it back.</summary>
    public bool IsWithdrawn => Volatile.Read(ref _isWithdrawn);

    public WaitingRecord? Previous { get; set; }

    public WaitingRecord? Next { get; set; }

    /// <summary>Completes with null when the record is in a batch, or with why it was refused.</summary>
    public Task Placed => _placed.Task;

    /// <summary>Why it was refused; null when it is in a batch, or was withdrawn. Read after <see cref="Placed"/>.</summary>
    public ProduceError? Refusal { get; private set; }

    /// <summary>The record is in a batch: its caller goes on. Without locks.</summary>
    public void ConfirmPlaced() => _placed.TrySetResult();

    /// <summary>The caller withdraws the record.</summary>
    /// <returns>True when it is out of every line and certainly not sent; false when it is in a batch, or about to be: then only the await ends.</returns>
    public bool TryWithdraw()
    {
        Volatile.Write(ref _isWithdrawn, true);
        Interlocked.MemoryBarrier();
        return Place is { } place && place.TryLeave(this);
    }

    /// <summary>Out of line because it was withdrawn: nobody is told an outcome but the await itself.</summary>
    public void ConfirmWithdrawn() => _placed.TrySetCanceled();

    /// <summary>The record was refused: the outcome goes to its sink or its await, and the caller goes on. Without locks; the caller also leaves the flush generation.</summary>
    public void Refuse(ProduceError error)
    {
        if (Sink is not null)
        {
            var share = SinkShare.Rent(Sink, Sink.Interest);
            if (share.NeedsSegment)
            {
                share.AddSegment();
            }

            share.Add(0, 0, Record);
            share.Decide(new BatchOutcome(Record.Topic, Record.Partition ?? -1, Timestamp, new OutcomeRange(0, -1, error)));
        }

        Completion?.Refuse(error);
        Refusal = error;
        _placed.TrySetResult();
    }
}

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
    private bool TryPlace(WaitingRecord waiter)
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
                waiter.Sink?.Leave();
                waiter.ConfirmPlaced();
                return true;
            case AppendResult.SinkEnded:
                End(waiter, new ProduceError(ProduceErrorCode.Closed, "The sink ended before the record was accepted."));
                return true;
            default:
                return result != AppendResult.MustWait;
        }
    }

    private void End(WaitingRecord waiter, ProduceError error)
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

/// <summary>Where a caller stands in line: a partition, or a topic.</summary>
internal interface IWaitingPlace
{
    /// <summary>Takes a caller out of the line; who does so ends it. False when it is placed, or ended by somebody else.</summary>
    bool TryLeave(WaitingRecord waiter);
}
