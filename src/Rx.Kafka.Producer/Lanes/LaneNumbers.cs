using Rx.Kafka.Batching;
using Rx.Kafka.Diagnostics;

namespace Rx.Kafka.Lanes;

/// <summary>
/// A lane's producer id, epoch and next sequence number, and which batches lose theirs. A bump is local: epoch + 1 and sequences from 0,
/// for this partition alone. It takes effect when no batch is left that carries numbers of the old epoch, so an unclear one is never
/// renumbered. Only for the loop that owns the lane.
/// </summary>
internal sealed class LaneNumbers(PartitionChannel channel, ProducerIds ids, SendingEvents events, UndecidedBatches undecided)
{
    private const int NoGap = -1;

    private ProducerIdentity _identity = ProducerIdentity.None;
    private ProducerIdentity _dropped = ProducerIdentity.None; // the last one that was given up for another
    private int _nextSequence;
    private int _gapAt = NoGap;
    private NumbersAre _are;

    /// <summary>What a fresh batch finds.</summary>
    private enum NumbersAre
    {
        /// <summary>Usable, if there is a producer id.</summary>
        Valid,

        /// <summary>Ended: the next are of another epoch.</summary>
        Ended,

        /// <summary>Refused by the broker with the producer id: the next are of another id.</summary>
        Refused,
    }

    /// <summary>The producer id in use; −1 = none.</summary>
    public long Id => _identity.Id;

    /// <summary>Whether the lane waits for a producer id.</summary>
    public bool NeedsIdentity => ids.IsIdempotent && (_identity.IsNone || _are == NumbersAre.Refused);

    /// <summary>Adds to a sequence number: 0 follows 2^31 − 1.</summary>
    public static int Advance(int sequence, int count) => (int)(((long)sequence + count) & int.MaxValue);

    /// <summary>
    /// A batch ended without a success, so new batches can no longer use the lane's numbers. Waiting batches that were never sent, or are
    /// absent by the gap, lose theirs. A part keeps them while a later batch does: without numbers it would wait for that one for ever.
    /// </summary>
    /// <param name="numbers">The batch's numbers; those of an older epoch say nothing about this one.</param>
    /// <param name="isAbsent">Whether it is known absent: so are all after it, and only those. Else nobody can say.</param>
    public void End(BatchNumbers? numbers, bool isAbsent)
    {
        if (numbers is null)
        {
            return;
        }

        Lapse(numbers, isAbsent);
        var laterKeeps = false;
        var all = undecided.All;
        for (var i = all.Length - 1; i >= 0; i--)
        {
            ref readonly var delivery = ref all[i].Delivery;
            var mayLose = (delivery.Attempts == 0 && !laterKeeps) || IsAfterGap(all[i]);
            if (mayLose && delivery is { IsWaiting: true, IsUnclear: false })
            {
                Drop(all[i]);
            }

            laterKeeps |= delivery is { Outcome: null, Numbers: not null };
        }
    }

    /// <summary>
    /// A batch that is known absent loses its numbers. They are a gap now, so later batches in no request are absent too, and lose
    /// theirs; but one that another log may have is not absent by this one's gap.
    /// </summary>
    public void Strip(ProducerBatch batch)
    {
        Lapse(batch.Delivery.Numbers, isAbsent: true);
        Drop(batch);
        foreach (var later in undecided.After(batch))
        {
            if (later.Delivery is { IsWaiting: true, MayBeOnOtherLog: false })
            {
                Drop(later);
            }
        }
    }

    /// <summary>The broker refuses this epoch: another producer id is needed.</summary>
    public void ReplaceIdentity() => _are = NumbersAre.Refused;

    /// <summary>
    /// Whether a lower sequence number than the batch's, of the same id and epoch, is certainly not on the log, and no other log may have
    /// the batch.
    /// </summary>
    public bool IsAfterGap(ProducerBatch batch) =>
        _gapAt != NoGap && batch.Delivery is { Numbers: { } numbers, MayBeOnOtherLog: false }
        && numbers.Identity == _identity && IsAfter(numbers.BaseSequence, _gapAt);

    /// <summary>Whether a fresh batch can be numbered now; asks for a producer id where there is none.</summary>
    public bool IsReady()
    {
        if (!ids.IsIdempotent)
        {
            return true;
        }

        if (_are != NumbersAre.Valid)
        {
            if (undecided.HasNumbered)
            {
                return false;
            }

            Bump();
        }

        while (_identity.IsNone)
        {
            if (!ids.TryGet(out _identity))
            {
                return false;
            }

            _nextSequence = 0;
            AvoidNumbersOfDropped();
        }

        return true;
    }

    /// <summary>Gives a batch its numbers, once.</summary>
    public bool TryGive(ProducerBatch batch)
    {
        if (!IsReady())
        {
            return false;
        }

        if (ids.IsIdempotent)
        {
            batch.Delivery.Numbers = new BatchNumbers(_identity, _nextSequence);
            _nextSequence = Advance(_nextSequence, batch.Count);
        }

        return true;
    }

    /// <summary>
    /// Forgets all numbers: in another cluster they mean nothing. No batch is in flight, and each unclear one has its outcome.
    /// </summary>
    public void Restart()
    {
        foreach (var batch in undecided)
        {
            if (batch.Delivery.Outcome is null)
            {
                Drop(batch);
            }
        }

        DropIdentity();
        _are = NumbersAre.Valid;
        _gapAt = NoGap;
    }

    // Numbers wrap around at 2^31; those of one lane that matter together are much closer than half of that.
    private static bool IsAfter(int sequence, int other) => sequence != other && ((sequence - other) & int.MaxValue) < 1 << 30;

    private static void Drop(ProducerBatch batch)
    {
        batch.Delivery.OnLog = OnLog.No;
        batch.Delivery.Voucher = Voucher.AnySuccess;
        batch.Delivery.Numbers = null;
    }

    private void Lapse(BatchNumbers? ended, bool isAbsent)
    {
        if (ended is not { } numbers || numbers.Identity != _identity)
        {
            return;
        }

        _are = _are == NumbersAre.Valid ? NumbersAre.Ended : _are;
        if (isAbsent && (_gapAt == NoGap || IsAfter(_gapAt, numbers.BaseSequence)))
        {
            _gapAt = numbers.BaseSequence;
        }
    }

    /// <summary>
    /// A cluster never gives an id twice, but every cluster begins with low ones, so another behind the same names may give us the id we
    /// had. Before we knew it for another, it may have taken a batch under the old numbers, and would take the next one for a duplicate.
    /// </summary>
    private void AvoidNumbersOfDropped()
    {
        if (_identity.Id == _dropped.Id && _identity.Epoch <= _dropped.Epoch)
        {
            _identity = _dropped;
            Bump();
        }
    }

    private void DropIdentity()
    {
        _dropped = _identity.IsNone ? _dropped : _identity;
        _identity = ProducerIdentity.None;
    }

    private void Bump()
    {
        var isRefused = _are == NumbersAre.Refused;
        _are = NumbersAre.Valid;
        _gapAt = NoGap;
        _nextSequence = 0;
        if (isRefused || _identity.Epoch == short.MaxValue)
        {
            events.ProducerIdDropped(channel.Topic, channel.Partition, _identity.Id);
            ids.Replace(_identity.Id);
            DropIdentity();
        }
        else
        {
            _identity = _identity with { Epoch = (short)(_identity.Epoch + 1) };
            events.EpochBumped(channel.Topic, channel.Partition, _identity.Id, _identity.Epoch);
        }
    }
}
