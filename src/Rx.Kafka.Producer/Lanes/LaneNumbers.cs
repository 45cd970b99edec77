using Rx.Kafka.Batching;
using Rx.Kafka.Diagnostics;

namespace Rx.Kafka.Lanes;

/// <summary>
/// A lane's producer id, epoch and next sequence number. A bump is local: epoch + 1 and sequences from 0, for this partition alone. It takes effect when no batch is left that
/// carries numbers of the old epoch, so that an unclear one is never renumbered.
/// </summary>
internal sealed class LaneNumbers(PartitionChannel channel, ProducerIds ids, SendingEvents events)
{
    /// <summary>The numbers lapse, but nothing is known to be absent.</summary>
    public const int NoGap = -1;

    private ProducerIdentity _identity = ProducerIdentity.None;
    private ProducerIdentity _dropped = ProducerIdentity.None; // the last one that was given up for another
    private int _nextSequence;
    private bool _mustBump;
    private bool _mustReplace;
    private int _gapAt = NoGap;

    /// <summary>The producer id in use; −1 = none.</summary>
    public long Id => _identity.Id;

    /// <summary>Whether the lane waits for a producer id.</summary>
    public bool NeedsIdentity => ids.IsIdempotent && (_identity.IsNone || _mustReplace);

    /// <summary>Adds to a sequence number: 0 follows 2^31 − 1.</summary>
    public static int Advance(int sequence, int count) => (int)(((long)sequence + count) & int.MaxValue);

    /// <summary>The numbers are no longer usable for new batches: one that carried some is known absent, or nobody can say.</summary>
    /// <param name="identity">Whose numbers: those of an older epoch say nothing of this one.</param>
    /// <param name="gapAt">The sequence number of a batch that is known absent: so are all behind it, and only those.</param>
    public void Lapse(ProducerIdentity identity, int gapAt)
    {
        if (identity.IsNone || identity != _identity)
        {
            return;
        }

        _mustBump = true;
        if (gapAt != NoGap && (_gapAt == NoGap || IsBehind(_gapAt, gapAt)))
        {
            _gapAt = gapAt;
        }
    }

    /// <summary>The topic was made anew: its log takes any number first, so that one before it is absent says nothing of a batch that is sent there.</summary>
    public void ForgetGap() => _gapAt = NoGap;

    /// <summary>The broker refuses this epoch: another producer id is needed.</summary>
    public void ReplaceIdentity() => _mustBump = _mustReplace = true;

    /// <summary>Whether a batch before this one is certainly not on the log, and this one carries numbers behind it.</summary>
    public bool IsBehindGap(ProducerBatch batch) => _gapAt != NoGap && batch.BaseSequence >= 0 && batch.Identity == _identity && IsBehind(batch.BaseSequence, _gapAt);

    /// <summary>Whether a fresh batch can be numbered now; asks for a producer id where there is none.</summary>
    /// <param name="undecided">The lane's drained batches.</param>
    public bool IsReady(UndecidedBatches undecided)
    {
        if (!ids.IsIdempotent)
        {
            return true;
        }

        if (_mustBump)
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
    public bool TryGive(ProducerBatch batch, UndecidedBatches undecided)
    {
        if (!IsReady(undecided))
        {
            return false;
        }

        if (ids.IsIdempotent)
        {
            batch.Identity = _identity;
            batch.BaseSequence = _nextSequence;
            _nextSequence = Advance(_nextSequence, batch.Count);
        }

        return true;
    }

    /// <summary>Forgets all numbers: in another cluster they mean nothing. No batch may carry any.</summary>
    public void Restart()
    {
        Drop();
        _mustBump = _mustReplace = false;
        _gapAt = NoGap;
    }

    // Numbers wrap around at 2^31; those of one lane that matter together are much closer than half of that.
    private static bool IsBehind(int sequence, int other) => sequence != other && ((sequence - other) & int.MaxValue) < 1 << 30;

    /// <summary>
    /// A cluster never gives an id twice, but every cluster begins with low ones, so another behind the same names may give us the id we had. Before we knew it for another, it may
    /// have taken a batch under the old numbers, and would take the next one for a duplicate.
    /// </summary>
    private void AvoidNumbersOfDropped()
    {
        if (_identity.Id == _dropped.Id && _identity.Epoch <= _dropped.Epoch)
        {
            _identity = _dropped;
            Bump();
        }
    }

    private void Drop()
    {
        _dropped = _identity.IsNone ? _dropped : _identity;
        _identity = ProducerIdentity.None;
    }

    private void Bump()
    {
        _mustBump = false;
        _gapAt = NoGap;
        _nextSequence = 0;
        if (_mustReplace || _identity.Epoch == short.MaxValue)
        {
            _mustReplace = false;
            events.ProducerIdDropped(channel.Topic, channel.Partition, _identity.Id);
            ids.Replace(_identity.Id);
            Drop();
        }
        else
        {
            _identity = _identity with { Epoch = (short)(_identity.Epoch + 1) };
            events.EpochBumped(channel.Topic, channel.Partition, _identity.Id, _identity.Epoch);
        }
    }
}
