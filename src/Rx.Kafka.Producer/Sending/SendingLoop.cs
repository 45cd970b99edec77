using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Lanes;
using Rx.Kafka.Memory;
using Rx.Kafka.Options;

namespace Rx.Kafka.Sending;

/// <summary>
/// One loop that owns lanes. It has one await, its signal, which is set by a listed lane, the mailbox, a finished flush of the pipe and its timer; so expiry, purge and moves
/// never wait behind anything.
/// </summary>
internal abstract class SendingLoop : LoopOwner, IAsyncDisposable
{
    private readonly AsyncSignal _signal = new();
    private readonly Mailbox _mailbox = new();
    private readonly List<PartitionLane> _backingOff = [];
    private readonly List<PartitionLane> _blocked = [];
    private readonly List<PartitionLane> _moving = [];
    private readonly Lock _timerLock = new();
    private readonly ITimer _timer;
    private readonly long _linger;
    private readonly long _deliveryTimeout;
    private long _timerSetFor = long.MaxValue;
    private long _flushSeen;
    private ProduceError? _givesUp;
    private (long Generation, ProduceError Error)? _purged;
    private bool _isStopped;
    private Task _running = Task.CompletedTask;

    protected SendingLoop(SendingContext context, BrokerMemory memory)
        : base(context.Time, memory)
    {
        Context = context;
        _linger = context.Time.After(0, context.Time.OnAverage(context.Options.Linger));
        _deliveryTimeout = context.Time.After(0, context.Options.EffectiveDeliveryTimeout);
        _timer = context.Time.CreateTimer(static loop => ((SendingLoop)loop!).TimerFired(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    protected SendingContext Context { get; }

    public void Start() => _running = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Context.Batching.Scheduler).Unwrap();

    public override void Wake() => _signal.Set();

    public override void Opened()
    {
        // Behind the listing of the batch: what changes after this look is followed by a step that sees it.
        Interlocked.MemoryBarrier();
        var due = DueOpen();

        // Closed again already: a step must learn when it expires.
        if (due == long.MaxValue || _linger == 0 || Volatile.Read(ref _givesUp) is not null || Context.Batching.Memory.IsUnderPressure)
        {
            Wake();
        }
        else
        {
            SetTimer(due);
        }
    }

    /// <summary>Any thread.</summary>
    public void Post(IMail mail)
    {
        _mailbox.Post(mail);
        _signal.Set();
    }

    /// <summary>The same without waking the loop, for who calls <see cref="GoOn"/> when all is posted.</summary>
    protected void PostQuietly(IMail mail) => _mailbox.Post(mail);

    /// <summary>Wakes the loop, which may take its step on this thread, within this call.</summary>
    protected void GoOn() => _signal.SetHere();

    public void Post(Action deliver) => Post(new Mail(deliver));

    /// <summary>A lane waits for its back-off. Loop.</summary>
    public void BacksOff(PartitionLane lane)
    {
        if (!_backingOff.Contains(lane))
        {
            _backingOff.Add(lane);
        }
    }

    /// <summary>Tells a lane something on the loop that owns it; one that has moved meanwhile is followed. Any thread.</summary>
    public static void Tell(PartitionLane lane, Action<PartitionLane> letter)
    {
        var owner = (SendingLoop)lane.Channel.Owner;
        owner.Post(() =>
        {
            if (lane.Channel.Owner == owner)
            {
                letter(lane);
            }
            else
            {
                Tell(lane, letter);
            }
        });
    }

    /// <summary>The lane's leader is somebody else now: whom the router named last, for two such letters may overtake each other. Loop of its owner.</summary>
    public static void MoveLane(PartitionLane lane)
    {
        lane.MoveWhenIdle(lane.RoutedTo);
        if (lane.IsMoving && lane.Channel.Owner is SendingLoop owner && !owner._moving.Contains(lane))
        {
            owner._moving.Add(lane);
        }
    }

    /// <summary>Gives up every batch of a flush generation up to this one. Loop.</summary>
    public void GiveUp(long generation, ProduceError error)
    {
        _purged = _purged is { } last && last.Generation > generation ? last : (generation, error);
        foreach (var batch in Timeline.Undecided())
        {
            // Giving up one publishes those that waited for it: they are gone, and may be in use again elsewhere.
            if (Timeline.Holds(batch) && batch.Generation <= generation && !(Owns(batch) && ((PartitionLane)batch.Channel.Lane).GiveUp(batch, error)))
            {
                // A caller still copies into it, and its end wakes us; or it is not quite here.
                Post(() => GiveUp(generation, error));
                return;
            }
        }
    }

    /// <summary>A lane came from another loop: if all was given up here while it was on its way, its old batches are now. Loop.</summary>
    public void Arrived()
    {
        if (_purged is { } purge)
        {
            GiveUp(purge.Generation, purge.Error);
        }
    }

    /// <summary>A producer id came: lanes that waited for it go on. Loop.</summary>
    public void ProducerIdObtained()
    {
        foreach (var lane in TakeBlocked())
        {
            lane.ListIfReady();
        }
    }

    /// <summary>No producer id can be had: what waits for one fails. Loop.</summary>
    public void ProducerIdRefused(ProduceError error)
    {
        foreach (var lane in TakeBlocked())
        {
            lane.FailUnnumbered(error);
        }
    }

    /// <summary>From now on every batch that is or comes here is given up: dispose, or a fatal error. Loop.</summary>
    public void GiveUpFromNowOn(ProduceError error) => _givesUp = error;

    public async ValueTask DisposeAsync()
    {
        Post(() => _isStopped = true);
        await _running;
        await _timer.DisposeAsync();
    }

    /// <summary>Closes what the loop opened, and waits for its end; nothing is delivered any more. Loop.</summary>
    protected virtual Task StopAsync() => Task.CompletedTask;

    /// <summary>What this kind of loop does besides closing, expiring and moving.</summary>
    /// <returns>The next time it wants to be called; long.MaxValue = only when signalled.</returns>
    protected abstract long Work(long now);

    /// <summary>Moving lanes wait for the old broker's answers.</summary>
    protected IReadOnlyList<PartitionLane> Moving => _moving;

    protected bool ClosesOpenBatches { get; init; } = true;

    /// <summary>A lane could not send; it is listed again when what it waits for comes.</summary>
    protected void Block(PartitionLane lane)
    {
        if (!_blocked.Contains(lane))
        {
            _blocked.Add(lane);
        }
    }

    /// <summary>The lanes that could not send; those that moved away meanwhile are their new owner's business.</summary>
    private PartitionLane[] TakeBlocked()
    {
        var lanes = _blocked.FindAll(lane => lane.Channel.Owner == this).ToArray();
        _blocked.Clear();
        return lanes;
    }

    private async Task RunAsync()
    {
        while (!_isStopped)
        {
            await _signal.WaitAsync();
            try
            {
                Step();
            }
            catch (Exception e)
            {
                // A fault of ours. The loop goes on, so that everything it owns still gets an outcome.
                SendingLog.LoopFailed(Context.Logger, e);
                Context.EndProducer(new ProduceError(ProduceErrorCode.Closed, $"The producer ended by an internal error: {e.Message}", Persistence.PossiblyPersisted, IsFatal: true, Cause: e));
            }
        }

        await StopAsync();
    }

    private void Step()
    {
        _mailbox.DeliverAll();
        var now = Context.Time.GetTimestamp();
        var next = long.MaxValue;
        if (ClosesOpenBatches)
        {
            next = CloseDue(now);
        }

        if (_givesUp is { } closed)
        {
            GiveUp(long.MaxValue, closed);
        }

        next = Math.Min(next, Expire(now));
        next = Math.Min(next, EndBackoffs(now));
        _moving.RemoveAll(static lane => !lane.IsMoving);
        next = Math.Min(next, Work(now));
        SetTimer(next);
    }

    private long CloseDue(long now)
    {
        var flushes = Context.Batching.Flushes.Current;
        var all = flushes != _flushSeen || Context.Batching.Memory.IsUnderPressure;
        _flushSeen = flushes;

        // Read after the flush was seen, so that no batch it covers is younger.
        var openedUpTo = all ? Context.Time.GetTimestamp() : now - _linger;
        while (Timeline.TryTakeOpen(openedUpTo, out var channel, out var openedAt))
        {
            channel.CloseOpen(openedAt, mayGrow: !all);
        }

        return DueOpen();
    }

    /// <summary>When the oldest open batch is to be closed.</summary>
    private long DueOpen()
    {
        var oldest = Timeline.OldestOpen();
        return oldest == long.MaxValue ? oldest : oldest + _linger;
    }

    private long Expire(long now)
    {
        while (Timeline.OldestUndecided() is { } batch)
        {
            var due = batch.OpenedAt + _deliveryTimeout;
            if (due > now)
            {
                return due;
            }

            if (!Owns(batch) || !((PartitionLane)batch.Channel.Lane).GiveUp(batch, Context.TimedOut(batch, now, DescribeOwner(now))))
            {
                return long.MaxValue;
            }
        }

        return long.MaxValue;
    }

    /// <summary>A lane that moves here puts its batches into the timeline before it is handed over, and until then the old owner looks at it. The end of the move wakes this loop.</summary>
    private bool Owns(ProducerBatch batch) => batch.Channel.Owner == this;

    /// <summary>For the text of a delivery timeout: who should have taken the records, and what keeps it from it.</summary>
    protected abstract string DescribeOwner(long now);

    private long EndBackoffs(long now)
    {
        var next = long.MaxValue;
        for (var i = 0; i < _backingOff.Count;)
        {
            var lane = _backingOff[i];
            if (lane.Channel.Owner == this && lane.RetryAt > now)
            {
                next = Math.Min(next, lane.RetryAt);
                i++;
            }
            else
            {
                _backingOff.RemoveAt(i);
                if (lane.Channel.Owner == this)
                {
                    lane.ListIfReady();
                }
            }
        }

        return next;
    }

    /// <summary>The timer fires at this time or before it: one that fires earlier is left as it is, for an idle wake-up costs less than setting it each time. Any thread.</summary>
    private void SetTimer(long next)
    {
        if (next >= Volatile.Read(ref _timerSetFor))
        {
            return;
        }

        lock (_timerLock)
        {
            if (next < _timerSetFor)
            {
                Volatile.Write(ref _timerSetFor, next);
                _timer.Change(Context.Time.Until(Context.Time.GetTimestamp(), next), Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void TimerFired()
    {
        // Before the signal: who still sees the old time has listed its batch before the step that follows.
        Volatile.Write(ref _timerSetFor, long.MaxValue);
        _signal.Set();
    }
}
