using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Network;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Protocol.Messages;
using Rx.Kafka.Sending;

namespace Rx.Kafka.Lanes;

/// <summary>
/// The sending side of one partition: gives sequence numbers at drain, once; decides batches in their order; knows which of them may be on the log. An unclear batch is
/// never renumbered, because that is how records are duplicated. Owned by the loop that leads the partition.
/// </summary>
internal sealed class PartitionLane : Lane
{
    private readonly SendingContext _context;
    private readonly LaneNumbers _numbers;
    private readonly UndecidedBatches _undecided = new();
    private LaneProof _proof;
    private Backoff? _backoff;
    private int _inFlight;
    private bool _isHeld;
    private bool _isElsewhere;
    private bool _isOnNewLog;
    private LoopOwner? _movesTo;
    private SendingLoop _routedTo = null!;

    public PartitionLane(PartitionChannel channel, SendingContext context)
    {
        Channel = channel;
        _context = context;
        _numbers = new LaneNumbers(channel, context.ProducerIds, context.Events);
        _proof = new LaneProof(context.Time);
        channel.Lane = this;
    }

    public override PartitionChannel Channel { get; }

    /// <summary>Not before this time is anything sent again; 0 = now.</summary>
    public long RetryAt { get; private set; }

    /// <summary>Waits until the old broker has answered what is in flight, to move to the new leader.</summary>
    public bool IsMoving => _movesTo is not null;

    /// <summary>The loop the router last sent it to; written by the router.</summary>
    public required SendingLoop RoutedTo
    {
        get => Volatile.Read(ref _routedTo);
        set => Volatile.Write(ref _routedTo, value);
    }

    /// <summary>The topic's id when the router last looked; written by the router.</summary>
    public Guid TopicId { get; set; }

    public bool WaitsForProducerId => _numbers.NeedsIdentity;

    /// <summary>Gives the next batch of this partition, numbered and sealed.</summary>
    /// <param name="connection">Where it will be sent.</param>
    /// <param name="now">Monotonic time.</param>
    /// <param name="maximumBytes">The largest batch that fits into the request.</param>
    /// <param name="batch">The batch.</param>
    public LaneTake Take(BrokerConnection connection, long now, int maximumBytes, out ProducerBatch? batch)
    {
        batch = null;
        if (IsMoving || now < RetryAt || (_isHeld && _inFlight > 0) || !MaySendBesideOthers(connection, now))
        {
            return LaneTake.Blocked;
        }

        RetryAt = 0;
        _isHeld = false;
        var again = _undecided.NextToSendAgain();
        if (again is not null)
        {
            if (again.Bytes > maximumBytes)
            {
                return LaneTake.TooLarge;
            }

            // A batch that keeps its numbers goes out under them, even while the lane waits for new ones.
            if (again.BaseSequence < 0 && !_numbers.TryGive(again, _undecided))
            {
                return LaneTake.Blocked;
            }

            batch = again;
        }
        else
        {
            if (_undecided.HasToSend() || !_numbers.IsReady(_undecided))
            {
                return LaneTake.Blocked;
            }

            if (!Channel.Reader.TryPeek(out var next))
            {
                return LaneTake.Nothing;
            }

            if (next.Bytes > maximumBytes)
            {
                return LaneTake.TooLarge;
            }

            // Only the owner reads, so this takes the same one.
            Channel.Reader.TryRead(out _);
            batch = next;
            _numbers.TryGive(batch, _undecided);
            _undecided.Add(batch);
        }

        batch.SentUnderProof = _inFlight > 0;
        batch.Seal(transactional: false);
        return LaneTake.Batch;
    }

    /// <summary>The request with this batch was handed to the connection. One that was not is simply still there, with its numbers, and no attempt is counted.</summary>
    public void Sent(ProducerBatch batch)
    {
        batch.Attempts++;
        batch.IsInFlight = true;
        _inFlight++;
    }

    /// <summary>With acks = 0 nobody answers: it is done when its bytes left.</summary>
    public void Flushed(ProducerBatch batch)
    {
        if (End(batch))
        {
            Acknowledge(batch, -1, -1);
        }

        Settle();
    }

    /// <summary>The broker's answer.</summary>
    public void Answered(ProducerBatch batch, in PartitionAnswer answer, BrokerConnection connection, long now)
    {
        var verdict = AnswerVerdict.Of(answer, mayRetry: batch.Attempts <= _context.Retries, _context.IsIdempotent);
        if (verdict.RefreshMetadata)
        {
            _context.Metadata.RequestRefresh();
        }

        // Read before its end: one that was given up goes back to the pool there.
        var (identity, sequence, isAbsent) = (batch.Identity, batch.BaseSequence, verdict.ProvesAbsence && !batch.IsUnclear);
        if (End(batch))
        {
            Apply(batch, verdict, answer, connection, now);
        }
        else if (verdict.Kind == VerdictKind.Ack)
        {
            Prove(identity, connection, now);
        }
        else
        {
            // It was given up while in flight; its numbers are a gap if it is not there, and unknown if nobody can say.
            Lapse(identity, isAbsent ? sequence : LaneNumbers.NoGap);
        }

        Settle();
    }

    /// <summary>The request ended without an answer for this batch.</summary>
    public void Lost(ProducerBatch batch, AttemptFailure cause, long now)
    {
        var identity = batch.Identity;
        if (!End(batch))
        {
            Lapse(identity, LaneNumbers.NoGap);
        }
        else if (_numbers.IsBehindGap(batch))
        {
            // One before it is certainly not on the log, so this one, whose numbers follow, was not taken either.
            Strip(batch);
            RetryLater(batch, cause, now);
        }
        else
        {
            batch.IsUnclear = true;
            if (batch.Attempts <= _context.Retries)
            {
                RetryLater(batch, cause, now);
            }
            else
            {
                batch.LastCause = cause;
                Fail(batch, ProduceErrorCode.Broker, $"{SendingContext.WhatWasTried(batch)} No retries are left (Retries = {_context.Retries}).", brokerCode: null, isFatal: false);
            }
        }

        Settle();
    }

    /// <summary>Decides a batch now, whatever becomes of it on its way (delivery timeout, purge, dispose). Oldest first.</summary>
    /// <returns>False while a caller still copies into it.</returns>
    public bool GiveUp(ProducerBatch batch, ProduceError error)
    {
        var parts = _undecided.PartsOf(batch);
        if (parts.Count == 0)
        {
            if (!Channel.TryWithdraw(batch))
            {
                return false;
            }

            _undecided.Add(batch);
            parts.Add(batch);
        }

        foreach (var part in parts)
        {
            // One that has its outcome only waits for those before it.
            if (part.Kept is null)
            {
                GiveUpDrained(part, error);
            }
        }

        Settle();
        return true;
    }

    private void GiveUpDrained(ProducerBatch batch, ProduceError error)
    {
        var maybe = batch.IsUnclear || batch.IsInFlight;
        if (batch.IsInFlight)
        {
            _isHeld = true;
        }
        else if (batch.BaseSequence >= 0)
        {
            Lapse(batch.Identity, batch.IsUnclear ? LaneNumbers.NoGap : batch.BaseSequence);
        }

        Keep(batch, new OutcomeRange(0, -1, error with { Message = $"{error.Message} {SendingContext.WhatWasTried(batch)}", Persistence = maybe ? Persistence.PossiblyPersisted : Persistence.NotPersisted }));
    }

    /// <summary>The partition has another leader: moves when nothing is in flight any more.</summary>
    public void MoveWhenIdle(LoopOwner? newOwner)
    {
        _movesTo = newOwner == Channel.Owner ? null : newOwner;
        Settle();
    }

    /// <summary>The topic was made anew, and its log knows no producer yet: what succeeds there says nothing of what the old one may have.</summary>
    public void TopicReplaced()
    {
        _proof.End();
        foreach (var batch in _undecided)
        {
            batch.IsOfReplacedTopic |= batch.IsUnclear || batch.IsInFlight;
        }

        _isOnNewLog = true;
        Settle();
    }

    /// <summary>Behind the brokers' names is another cluster. When nothing is in flight any more, the lane begins anew.</summary>
    public void ClusterReplaced()
    {
        _isElsewhere = _isHeld = _context.IsIdempotent;
        Settle();
    }

    /// <summary>Fails the batches that wait for a producer id.</summary>
    public void FailUnnumbered(ProduceError error)
    {
        if (!_numbers.NeedsIdentity)
        {
            return;
        }

        while (Channel.Reader.TryRead(out var closed))
        {
            _undecided.Add(closed);
        }

        foreach (var batch in _undecided)
        {
            if (batch is { Kept: null, BaseSequence: < 0 })
            {
                Keep(batch, new OutcomeRange(0, -1, error));
            }
        }

        Settle();
    }

    /// <summary>A back-off or a wait is over: lists the lane again if it has something.</summary>
    public void ListIfReady() => Channel.ListIfReady(_undecided.HasToSend());

    /// <summary>After its turn: stays in the ring while it has something it may send, besides the batch that was taken just now.</summary>
    public void Relist(LaneTake result, ProducerBatch? taken) => Channel.Relist(_undecided.HasToSend(taken), isBlocked: result == LaneTake.Blocked);

    /// <summary>
    /// A second batch goes out only to a broker that answered one of this lane's, of this producer id, on this connection (it accepts any first sequence), and never beside an unclear one.
    /// Without numbers there is nothing to prove. Parts of a split batch go one by one: the next is likely to be too large as well.
    /// </summary>
    private bool MaySendBesideOthers(BrokerConnection connection, long now) =>
        _inFlight == 0
        || (!_undecided.HasParts && (!_context.IsIdempotent || (_proof.Holds(_numbers.Id, connection, now) && !_undecided.HasUnclear)));

    /// <returns>False when the batch already had its outcome.</returns>
    private bool End(ProducerBatch batch)
    {
        _inFlight--;
        batch.IsInFlight = false;
        if (!batch.IsDecided)
        {
            return batch.Kept is null;
        }

        Channel.Recycle(batch);
        return false;
    }

    private void Apply(ProducerBatch batch, in AnswerVerdict verdict, in PartitionAnswer answer, BrokerConnection connection, long now)
    {
        var cause = SendingContext.Describe(answer, connection, Channel.Owner);
        switch (verdict.Kind)
        {
            case VerdictKind.Ack:
                Prove(batch.Identity, connection, now);
                if (batch.BaseSequence >= 0)
                {
                    DecideEarlier(batch);
                }

                Acknowledge(batch, verdict.BaseOffset, answer.LogAppendTimeMs);
                return;
            case VerdictKind.OutOfOrder:
                OutOfOrder(batch, cause, now);
                return;
            case VerdictKind.Forgotten:
                // Nothing of ours is there.
                batch.IsUnclear = false;
                Renumber(batch, cause, now);
                return;
            case VerdictKind.StaleEpoch:
                _numbers.ReplaceIdentity();
                if (batch.IsUnclear || !verdict.ProvesAbsence)
                {
                    batch.IsUnclear = true;
                    Fail(batch, ProduceErrorCode.Broker, cause.Text, answer.ErrorCode, isFatal: false);
                }
                else
                {
                    Renumber(batch, cause, now);
                }

                return;
        }

        const short UnknownTopicOrPartition = 3;
        batch.IsUnclear |= !verdict.ProvesAbsence;
        batch.MissedTopic |= answer.ErrorCode == UnknownTopicOrPartition;
        if (verdict.Kind == VerdictKind.Retry)
        {
            RetryLater(batch, cause, now);
        }
        else if (verdict.Kind == VerdictKind.Split && batch is { IsUnclear: false, Count: > 1 })
        {
            Split(batch, cause);
        }
        else
        {
            var error = Fail(batch, verdict.Code, SendingContext.Explain(answer, batch, cause), answer.ErrorCode, verdict.IsFatal);
            if (RecordErrors.Of(answer, batch.Count, error) is { } ranges)
            {
                batch.Kept = new BatchOutcome(Channel.Topic, Channel.Partition, batch.BaseTimestamp, ranges);
            }
        }
    }

    /// <summary>Its halves take its place and, together, its numbers, so the batches behind it keep theirs. Not an attempt, and no back-off: each half is smaller, so this ends.</summary>
    private void Split(ProducerBatch batch, AttemptFailure cause)
    {
        var (first, second) = BatchSplit.Halve(batch);
        (first.Identity, first.BaseSequence) = (batch.Identity, batch.BaseSequence);
        (second.Identity, second.BaseSequence) = (batch.Identity, batch.BaseSequence < 0 ? -1 : LaneNumbers.Advance(batch.BaseSequence, first.Count));
        first.LastCause = second.LastCause = cause;
        _undecided.Replace(batch, first, second);
        _isHeld = true;
        _context.Events.Split(Channel.Topic, Channel.Partition, batch.Count, batch.Bytes);
    }

    private void OutOfOrder(ProducerBatch batch, AttemptFailure cause, long now)
    {
        if (_numbers.IsBehindGap(batch))
        {
            // An earlier one is certainly not on the log, so this one is not either.
            batch.IsUnclear = false;
            Renumber(batch, cause, now);
        }
        else if (batch is { IsUnclear: true, IsOfReplacedTopic: false } && _undecided.HasSuccessBehind(batch))
        {
            // Its place on the log is taken, by itself: one behind it is there.
            Acknowledge(batch, -1, -1);
        }
        else if (batch.IsUnclear)
        {
            // A broker that was restarted remembers only the last batch, and refuses older ones that it has: the answer to a later one decides.
            batch.AwaitsLaterProof = true;
            batch.LastCause = cause;
            _isHeld = true;
        }
        else if (!_undecided.HasToSendBefore(batch))
        {
            // Nothing before it is to be sent any more: the broker lost our state, or the numbers have a hole.
            Renumber(batch, cause, now);
        }
        else
        {
            // The expected answer behind one that failed: again, after that one, under the same numbers.
            batch.LastCause = cause;
            _isHeld = true;
            _context.Retried(batch, _context.Time.Until(now, RetryAt));
        }
    }

    private void Renumber(ProducerBatch batch, AttemptFailure cause, long now)
    {
        Strip(batch);
        RetryLater(batch, cause, now);
    }

    /// <summary>The numbers have come to an end. What was never sent (parts of a split batch), or is known absent and stands behind a hole, loses its own at once.</summary>
    private void Lapse(ProducerIdentity identity, int gapAt)
    {
        _numbers.Lapse(identity, gapAt);
        foreach (var batch in _undecided)
        {
            if (batch is { Kept: null, IsInFlight: false, IsUnclear: false } && (batch.Attempts == 0 || _numbers.IsBehindGap(batch)))
            {
                DropNumbers(batch);
            }
        }
    }

    private static void DropNumbers(ProducerBatch batch)
    {
        batch.IsUnclear = batch.AwaitsLaterProof = false;
        batch.BaseSequence = -1;
        batch.Identity = ProducerIdentity.None;
    }

    /// <summary>It is known absent, and the lane's numbers have a hole before or at it: it loses its numbers, and so does all behind it that is absent by that.</summary>
    private void Strip(ProducerBatch batch)
    {
        _numbers.Lapse(batch.Identity, batch.BaseSequence);
        DropNumbers(batch);
        foreach (var later in _undecided.Behind(batch))
        {
            if (later is { Kept: null, IsInFlight: false })
            {
                DropNumbers(later);
            }
        }
    }

    private void RetryLater(ProducerBatch batch, AttemptFailure cause, long now)
    {
        batch.LastCause = cause;
        _isHeld = true;
        _backoff ??= _context.NewRetryBackoff();
        if (RetryAt <= now)
        {
            // Once for all batches that one lost connection brings back.
            RetryAt = _context.Time.After(now, _backoff.Next());
        }

        _context.Retried(batch, _context.Time.Until(now, RetryAt));
        if (Channel.Owner is SendingLoop loop)
        {
            loop.BacksOff(this);
        }
    }

    private void Prove(ProducerIdentity identity, BrokerConnection connection, long now)
    {
        _proof.Given(identity.Id, connection, now);
        _backoff?.Reset();
    }

    /// <summary>A success decides earlier ones whose answers said nothing: those refused as out of order, and all before one that was sent under the proof.</summary>
    private void DecideEarlier(ProducerBatch success)
    {
        foreach (var earlier in _undecided)
        {
            if (earlier == success)
            {
                return;
            }

            if (earlier is { Kept: null, IsInFlight: false, IsOfReplacedTopic: false } && earlier.Identity == success.Identity
                && (earlier.AwaitsLaterProof || (success.SentUnderProof && earlier is { IsUnclear: true, MissedTopic: false })))
            {
                Acknowledge(earlier, -1, -1);
            }
        }
    }

    /// <summary>No batch is left whose answer could tell.</summary>
    private void FailAwaitingProof()
    {
        foreach (var batch in _undecided)
        {
            if (batch.AwaitsLaterProof && batch.Kept is null)
            {
                Fail(batch, ProduceErrorCode.Broker, $"The broker no longer remembers whether it has these records ({batch.LastCause}).", brokerCode: 45, isFatal: false);
            }
        }
    }

    // A duplicate is answered with the batch's own largest time, which is not a time of appending.
    private void Acknowledge(ProducerBatch batch, long baseOffset, long appendTime) =>
        Keep(batch, new OutcomeRange(0, baseOffset, null, appendTime == batch.MaxTimestamp ? -1 : appendTime));

    private ProduceError Fail(ProducerBatch batch, ProduceErrorCode code, string message, short? brokerCode, bool isFatal)
    {
        if (batch.BaseSequence >= 0)
        {
            Lapse(batch.Identity, batch.IsUnclear ? LaneNumbers.NoGap : batch.BaseSequence);
        }

        var persistence = batch.IsUnclear ? Persistence.PossiblyPersisted : Persistence.NotPersisted;
        var error = new ProduceError(code, message, persistence, brokerCode, isFatal);
        Keep(batch, new OutcomeRange(0, -1, error));
        if (isFatal)
        {
            _context.EndProducer(error);
        }

        return error;
    }

    private void Keep(ProducerBatch batch, in OutcomeRange range)
    {
        batch.AwaitsLaterProof = false;
        batch.Kept = new BatchOutcome(Channel.Topic, Channel.Partition, batch.BaseTimestamp, range, _context.SuccessPersistence);
    }

    /// <summary>After each change: publishes what is decided, in order, and goes on with what is possible now.</summary>
    private void Settle()
    {
        if (_inFlight == 0)
        {
            _isHeld = false;
            if (_isElsewhere)
            {
                BeginAnew();
            }

            if (_isOnNewLog)
            {
                // Not before what went to the old log has ended: until then its answers may still name a gap.
                _isOnNewLog = false;
                _numbers.ForgetGap();
            }

            if (!_undecided.CanTellOfEarlier)
            {
                FailAwaitingProof();
            }
        }

        while (_undecided.TryTakeDecided(out var batch, out var outcome))
        {
            if (outcome.Ranges[0].Error is { } error)
            {
                _context.Failed(batch, error);
            }
            else
            {
                _context.Events.Acknowledged(batch.Count);
            }

            if (batch.Whole is not { } whole)
            {
                Channel.Decide(batch, outcome);
            }
            else if (whole.DecidePart(batch, outcome) is { } all)
            {
                Channel.Decide(whole, all);
            }
        }

        if (IsMoving && _inFlight == 0)
        {
            Move();
        }
        else if (!IsMoving)
        {
            ListIfReady();
        }
    }

    /// <summary>Numbers of the old cluster must not be seen in the new one, where somebody else may have written under them; and what may be on the old log is not to be written twice.</summary>
    private void BeginAnew()
    {
        foreach (var batch in _undecided)
        {
            if (batch is { Kept: null, IsUnclear: true })
            {
                Fail(batch, ProduceErrorCode.Broker, $"The brokers belong to another cluster now; whether the last one has these records is not known ({batch.LastCause}).", brokerCode: null, isFatal: false);
            }
            else if (batch.Kept is null)
            {
                DropNumbers(batch);
            }
        }

        _isElsewhere = false;
        _proof.End();
        _numbers.Restart();
    }

    private void Move()
    {
        var owner = _movesTo!;
        _movesTo = null;

        // No back-off towards a newer leader; and what the old broker proved says nothing of the new one.
        RetryAt = 0;
        _backoff = null;
        _proof.End();
        Channel.MoveTo(owner, _undecided.Wholes());
        if (owner is SendingLoop loop)
        {
            loop.Post(loop.Arrived);
        }
    }
}

/// <summary>What a lane gives when its turn comes.</summary>
internal enum LaneTake
{
    /// <summary>A batch.</summary>
    Batch,

    /// <summary>A batch that does not fit into what is left of the request.</summary>
    TooLarge,

    /// <summary>Nothing is ready.</summary>
    Nothing,

    /// <summary>It has something, but must wait: for answers, a back-off, a producer id, or its move.</summary>
    Blocked,
}
