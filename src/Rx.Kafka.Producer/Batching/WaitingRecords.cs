using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Batching;

/// <summary>
/// The records whose callers stand in line for a partition or a topic, in the order they came. One drainer places them, as far as memory
/// goes, and wakes each caller after its record is placed: callers that place their own records are twenty times slower, and overtake.
/// Any thread joins, withdraws and ends.
/// </summary>
internal sealed class WaitingRecords
{
    private static readonly ProduceError SinkEnded = new(ProduceErrorCode.Closed, "The sink ended before the record was accepted.");

    private readonly Lock _lock = new();
    private readonly LinkedList<WaitingRecord> _line = new();
    private readonly IWaitingPlace _place;
    private readonly BatchingContext _context;
    private readonly SerialWork _drainer;
    private readonly MaxBlock _maxBlock;
    private ProduceError? _closedBy;
    private ITimer? _timer;
    private int _count;

    public WaitingRecords(IWaitingPlace place, BatchingContext context)
    {
        _place = place;
        _context = context;
        _maxBlock = new MaxBlock(place, context);
        _drainer = new SerialWork(Drain, context.Scheduler);
        QueueDrainer = _drainer.Queue;
    }

    /// <summary>Lets the drainer try again. Any thread, also under a gate; nothing runs inline.</summary>
    public Action QueueDrainer { get; }

    /// <summary>Whether nobody stands in line, so that a new record overtakes nobody. One that the drainer holds still stands.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Adds the line to a look.</summary>
    public void AddTo(OutstandingWork look)
    {
        lock (_lock)
        {
            look.AddLine(_line.Count, _maxBlock.Blocking, _line.First?.Value.JoinedAt ?? long.MaxValue);
        }
    }

    /// <summary>
    /// Puts a caller at the end of the line. Also under a gate: the caller of this queues the drainer afterwards. A record is linked and
    /// stands in one step, for the drainer must not meet one that does not stand yet.
    /// </summary>
    /// <param name="waiting">The record.</param>
    /// <param name="closedBy">Why it was refused; with false and null it was given up on its way from another line.</param>
    public bool TryJoin(WaitingRecord waiting, out ProduceError? closedBy)
    {
        var node = new LinkedListNode<WaitingRecord>(waiting);
        lock (_lock)
        {
            closedBy = _closedBy;
            if (closedBy is not null)
            {
                return false;
            }

            // Whoever gives up a standing record finds it by these.
            waiting.Line = this;
            waiting.Node = node;
            if (!waiting.TryStand())
            {
                return false;
            }

            _line.AddLast(node);
            _maxBlock.Joined(waiting);
            Volatile.Write(ref _count, _line.Count);
            return true;
        }
    }

    /// <summary>The caller withdraws its record.</summary>
    /// <returns>False when it is in a batch, or about to be.</returns>
    public static bool TryWithdraw(WaitingRecord waiting) => TryEnd(waiting, WaitingRecord.Withdrawn);

    /// <summary>Ends all that stand in line now (purge).</summary>
    public void End(ProduceError error)
    {
        WaitingRecord[] standing;
        lock (_lock)
        {
            standing = [.. _line];
        }

        foreach (var waiting in standing)
        {
            // One that is placed now ends if it cannot be; one that changed lines meanwhile ends in the other.
            TryEnd(waiting, error);
        }
    }

    /// <summary>Takes no more callers, and ends all that stand in line (dispose).</summary>
    public void Close(ProduceError error)
    {
        lock (_lock)
        {
            _closedBy ??= error;
            _timer?.Dispose();
        }

        End(error);
        _drainer.Queue();
    }

    private static bool TryEnd(WaitingRecord waiting, object by)
    {
        if (!waiting.TryGiveUp(by))
        {
            return false;
        }

        var line = waiting.Line!;
        line.Unlink(waiting.Node!);
        line.EndGivenUp(waiting);

        // Those after it may move up.
        line._drainer.Queue();
        return true;
    }

    private LinkedListNode<WaitingRecord>? First()
    {
        lock (_lock)
        {
            return _line.First;
        }
    }

    private void Unlink(LinkedListNode<WaitingRecord> node)
    {
        lock (_lock)
        {
            if (node.List is not null)
            {
                _line.Remove(node);
                _maxBlock.Left(node.Value);
                Volatile.Write(ref _count, _line.Count);
            }
        }
    }

    private void Drain()
    {
        var refused = _place.BeginDraining();
        while (First() is { } node)
        {
            // One that was given up is ended by whoever gave it up.
            if (node.Value.TryBeginPlacing() && !TryEndWaiting(node.Value, refused))
            {
                EndOverdue();
                return;
            }

            Unlink(node);
        }

        _place.Drained();
    }

    /// <returns>False when the record, and so all after it, must wait on.</returns>
    private bool TryEndWaiting(WaitingRecord waiting, ProduceError? refused)
    {
        var now = _context.Time.GetTimestamp();
        if (refused is not null || _maxBlock.TimeLeft(waiting, now) <= TimeSpan.Zero)
        {
            Refuse(waiting, refused ?? _place.TimedOut());
            return true;
        }

        var record = waiting.Record;
        var offer = new RecordOffer(waiting, record);
        var result = offer.TryRead(waiting.Timestamp) ? _place.TryPlace(ref offer) : AppendResult.MustWait;
        if (result == AppendResult.MustWait && offer.Error is null)
        {
            return offer.MustWaitIn is { } partition ? HandOver(waiting, partition) : !TryWaitOn(waiting, now);
        }

        if (result == AppendResult.Placed)
        {
            _maxBlock.Moved(now);
            waiting.Sink?.Leave();
            waiting.ConfirmPlaced();
        }
        else
        {
            Refuse(waiting, offer.Error ?? SinkEnded);
        }

        return true;
    }

    /// <summary>
    /// A topic's record that must wait for one partition goes on in that one's line. It joins there first: until then it keeps later
    /// records from overtaking.
    /// </summary>
    private bool HandOver(WaitingRecord waiting, PartitionChannel partition)
    {
        _maxBlock.HandsOver(waiting);
        if (!partition.TryJoin(waiting, out var closedBy))
        {
            if (closedBy is null)
            {
                EndGivenUp(waiting);
            }
            else
            {
                Refuse(waiting, closedBy);
            }
        }

        return true;
    }

    /// <returns>False when it was given up while the drainer tried.</returns>
    private bool TryWaitOn(WaitingRecord waiting, long now)
    {
        lock (_lock)
        {
            if (_closedBy is null && waiting.TryStand())
            {
                _timer ??= _context.Time.CreateTimer(
                    static work => ((SerialWork)work!).Queue(), _drainer, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _timer.Change(_maxBlock.NextLook(waiting, now), Timeout.InfiniteTimeSpan);
                return true;
            }
        }

        if (_closedBy is { } closed)
        {
            Refuse(waiting, closed);
        }
        else
        {
            EndGivenUp(waiting);
        }

        return false;
    }

    /// <summary>
    /// Threads that are blocked behind the head: their time may be over before its own, and after a second the log tells of them.
    /// </summary>
    private void EndOverdue()
    {
        var now = _context.Time.GetTimestamp();
        while (FirstBlocking() is { } blocking)
        {
            if (_maxBlock.TimeLeft(blocking, now) > TimeSpan.Zero)
            {
                _maxBlock.Say(blocking, now);
                return;
            }

            if (!TryEnd(blocking, _place.TimedOut()))
            {
                // Somebody else gives it up at this moment.
                return;
            }
        }
    }

    private WaitingRecord? FirstBlocking()
    {
        lock (_lock)
        {
            return _maxBlock.FirstBlocking;
        }
    }

    private void EndGivenUp(WaitingRecord waiting)
    {
        if (waiting.PurgedBy is { } error)
        {
            Refuse(waiting, error);
            return;
        }

        _context.Events.Withdrawn();
        waiting.Trace?.Refuse("Cancelled", "Withdrawn by its caller.");
        waiting.Sink?.Leave();
        waiting.ConfirmWithdrawn();
        _context.Flushes.Leave(waiting.Generation);
    }

    private void Refuse(WaitingRecord waiting, ProduceError error)
    {
        _context.Events.Refused(error.Code);
        waiting.Trace?.Refuse(error.Code.ToString(), error.Message);
        waiting.Refuse(error);
        _context.Flushes.Leave(waiting.Generation);
    }
}
