using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Lanes;
using Rx.Kafka.Memory;
using Rx.Kafka.Options;

namespace Rx.Kafka.Sending;

/// <summary>
/// One loop that owns lanes. It has one await, its signal, which is set by a listed lane, the mailbox, a finished flush of the pipe and
/// its timer; so expiry, purge and moves wait for nothing else. Any thread may call Wake, Opened and Post; all else is for the loop.
/// </summary>
internal abstract class SendingLoop : LaneLoop, IAsyncDisposable
{
    private readonly AsyncSignal _signal = new();
    private readonly Mailbox _mailbox = new();
    private readonly Lock _timerLock = new();
    private readonly ITimer _timer;
    private readonly PunctualLook _expiries;
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
        _expiries = new PunctualLook(context.Time);
        _linger = context.Time.After(0, context.Time.OnAverage(context.Options.Linger));
        _deliveryTimeout = context.Time.After(0, context.Options.EffectiveDeliveryTimeout);
        var never = Timeout.InfiniteTimeSpan;
        _timer = context.Time.CreateTimer(static loop => ((SendingLoop)loop!).TimerFired(), this, never, never);
    }

    /// <summary>−1 = no broker's.</summary>
    public virtual int BrokerId => -1;

    protected SendingContext Context { get; }

    /// <summary>A look at its broker; null = it has none. Any thread: what the loop changes meanwhile may or may not be seen.</summary>
    public virtual BrokerStatus? Describe(long now) => null;

    public void Start() => _running = Task.Factory
        .StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Context.Batching.Scheduler)
        .Unwrap();

    public override void Wake() => _signal.Set();

    public override void Opened()
    {
        // Full fence: the batch was put on the timeline before this read, so this read or the loop's next step sees what changed.
        Interlocked.MemoryBarrier();
        var oldest = Timeline.OldestOpen();
        var isUrgent = Volatile.Read(ref _givesUp) is not null || Context.Batching.Memory.IsUnderPressure;
        var due = BatchPolicy.WhenDue(oldest, _linger, isUrgent);

        // Due already; or none is open, because it is closed again: a step must learn when it expires.
        if (due == oldest)
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

    public override void Post(Action letter) => Post(new Mail(letter));

    /// <summary>Gives up every batch of a flush generation up to this one. Loop.</summary>
    public void GiveUp(long generation, ProduceError error)
    {
        _purged = _purged is { } last && last.Generation > generation ? last : (generation, error);
        foreach (var batch in Timeline.Undecided())
        {
            // Giving up one publishes those that waited for it: they are gone, and may be in use again elsewhere.
            if (Timeline.Holds(batch) && batch.Generation <= generation && !(Owns(batch) && LaneOf(batch).GiveUp(batch, error)))
            {
                // A caller still copies into it, and its end wakes us; or it is not quite here.
                Post(() => GiveUp(generation, error));
                return;
            }
        }
    }

    /// <summary>If all was given up here while the lane was on its way, its old batches are now.</summary>
    public override void Arrived()
    {
        if (_purged is { } purge)
        {
            GiveUp(purge.Generation, purge.Error);
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

    protected bool ClosesOpenBatches { get; init; } = true;

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
                var text = $"The producer ended by an internal error: {e.Message}";
                var error = new ProduceError(ProduceErrorCode.Closed, text, Persistence.PossiblyPersisted, IsFatal: true, Cause: e);
                Context.EndProducer(error);

                // What the step left undone is done by another one. That end wakes the loop only if it is the producer's first.
                SetTimer(Context.Time.After(Context.Time.GetTimestamp(), LeastPause.OrMore(Context.Options.RetryBackoffMax)));
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
        next = Math.Min(next, EndWaits(now));
        next = Math.Min(next, Work(now));
        SetTimer(next);
    }

    private long CloseDue(long now)
    {
        var flushes = Context.Batching.Flushes.Current;
        var all = flushes != _flushSeen || Context.Batching.Memory.IsUnderPressure;
        _flushSeen = flushes;

        // Read after the flush was seen, so that no batch it covers is younger.
        var dueUpTo = BatchPolicy.DueUpTo(all ? Context.Time.GetTimestamp() : now, _linger, isUrgent: all);
        while (Timeline.TryTakeOpen(dueUpTo, out var channel, out var openedAt))
        {
            channel.CloseOpen(openedAt, mayGrow: !all);
        }

        return BatchPolicy.WhenDue(Timeline.OldestOpen(), _linger, isUrgent: false);
    }

    private long Expire(long now)
    {
        // Else an acknowledgement that came while the process stood still would be read too late.
        if (_expiries.ComesTooEarly(now, out var next))
        {
            return next;
        }

        while (Timeline.TryPeekExpired(now, _deliveryTimeout, out var batch, out next))
        {
            if (!Owns(batch) || !LaneOf(batch).GiveUp(batch, TimedOut(batch, now)))
            {
                return long.MaxValue;
            }
        }

        return _expiries.Ask(next);
    }

    private ProduceError TimedOut(ProducerBatch batch, long now)
    {
        var age = Context.Time.GetElapsedTime(batch.OpenedAt, now);
        var text = FailureText.TimedOut(batch, age, Context.Options.EffectiveDeliveryTimeout, DescribeOwner(now));
        return new ProduceError(IsOwnerRefused ? ProduceErrorCode.Authentication : ProduceErrorCode.DeliveryTimeout, text);
    }

    /// <summary>
    /// A lane that moves here puts its batches into the timeline before it is handed over, and until then the old owner looks at it. The
    /// end of the move wakes this loop.
    /// </summary>
    private bool Owns(ProducerBatch batch) => batch.Channel.Owner == this;

    /// <summary>Whether the broker that should have taken the records does not take this client's credential.</summary>
    protected virtual bool IsOwnerRefused => false;

    /// <summary>For the text of a delivery timeout: who should have taken the records, and what keeps it from it.</summary>
    protected abstract string DescribeOwner(long now);

    /// <summary>
    /// The timer fires at this time or before it: one that fires earlier is left as it is, for an idle wake-up costs less than setting it
    /// each time. Any thread.
    /// </summary>
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
        // Reset before the signal: an appender that still reads the old time has put its batch on the timeline before the step that
        // follows.
        Volatile.Write(ref _timerSetFor, long.MaxValue);
        _signal.Set();
    }
}
