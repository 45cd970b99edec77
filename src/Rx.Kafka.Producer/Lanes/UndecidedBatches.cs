using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Rx.Kafka.Batching;
using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Lanes;

/// <summary>
/// A lane's drained batches whose outcome is not published, in the order of their records. A batch that is decided early keeps its
/// outcome here until all before it have theirs. Parts of a split batch stand in its place. Only for the loop that owns the lane.
/// </summary>
internal sealed class UndecidedBatches
{
    private readonly List<ProducerBatch> _batches = [];

    /// <summary>Some may be on the log.</summary>
    public bool HasUnclear => _batches.Exists(static b => b.Delivery.IsUnclear);

    /// <summary>Some still use the lane's numbers.</summary>
    public bool HasNumbered => _batches.Exists(static b => b.Delivery is { Outcome: null, Numbers: not null } or { IsInFlight: true });

    /// <summary>The answer to some can decide earlier ones.</summary>
    public bool CanTellOfEarlier => _batches.Exists(static b => b.Delivery is { Outcome: null, IsQuestion: false, Numbers: not null });

    /// <summary>All, in order.</summary>
    public ReadOnlySpan<ProducerBatch> All => CollectionsMarshal.AsSpan(_batches);

    public List<ProducerBatch>.Enumerator GetEnumerator() => _batches.GetEnumerator();

    public void Add(ProducerBatch batch) => _batches.Add(batch);

    /// <summary>Removes the oldest if it has its outcome.</summary>
    public bool TryTakeDecided([NotNullWhen(true)] out ProducerBatch? batch, out BatchOutcome outcome)
    {
        batch = null;
        outcome = default;
        if (_batches.Count == 0 || _batches[0].Delivery.Outcome is not { } decided)
        {
            return false;
        }

        (batch, outcome) = (_batches[0], decided);
        _batches.RemoveAt(0);
        return true;
    }

    /// <summary>The oldest that must be sent again.</summary>
    public ProducerBatch? NextToSendAgain()
    {
        foreach (var batch in _batches)
        {
            if (batch.Delivery.IsToSend)
            {
                return batch;
            }
        }

        return null;
    }

    /// <summary>Whether some, besides one that was taken just now, have no outcome and are in no request.</summary>
    public bool HasWaiting(ProducerBatch? besides = null)
    {
        foreach (var batch in _batches)
        {
            if (batch.Delivery.IsWaiting && batch != besides)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether an earlier one is still to be sent or in flight; questions are not.</summary>
    public bool HasEarlier(ProducerBatch batch)
    {
        foreach (var earlier in _batches)
        {
            if (earlier == batch)
            {
                return false;
            }

            if (earlier.Delivery is { Outcome: null, IsQuestion: false })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a later one, under the same producer id and epoch, is on the log.</summary>
    public bool HasSuccessAfter(ProducerBatch batch)
    {
        var identity = batch.Delivery.Numbers?.Identity;
        foreach (var later in After(batch))
        {
            if (later.Delivery.Outcome is { } outcome && later.Delivery.Numbers?.Identity == identity && outcome.Ranges[0].Error is null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The topic was recreated: no success on its new log tells whether the old one has what was sent so far.</summary>
    public void LetNobodyVouch()
    {
        foreach (var batch in _batches)
        {
            if (batch.Delivery.IsUnclear || batch.Delivery.IsInFlight)
            {
                batch.Delivery.Voucher = Voucher.Nobody;
            }
        }
    }

    /// <summary>
    /// Those behind a batch that waits for new numbers are not sent again: it must go before them, and gets none while they have theirs.
    /// </summary>
    public void AskOfThoseAfterUnnumbered()
    {
        var isAfter = false;
        foreach (var batch in _batches)
        {
            isAfter |= batch.Delivery is { IsToSend: true, Numbers: null };
            if (isAfter && batch.Delivery is { IsToSend: true, Numbers: not null, IsUnclear: true })
            {
                batch.Delivery.OnLog = OnLog.AskLater;
            }
        }
    }

    /// <summary>
    /// A part was appended under its own numbers, so the batch it comes from is not on the log: its other parts, which were never sent, are
    /// absent. Not where another log may have that batch.
    /// </summary>
    public void PartIsThere(ProducerBatch part)
    {
        if (part is not { SplitFrom: { } whole, Delivery: { Numbers: not null, Voucher: Voucher.AnySuccess } })
        {
            return;
        }

        foreach (var other in After(part))
        {
            if (other.SplitFrom == whole && other.Delivery is { Attempts: 0, Voucher: Voucher.AnySuccess })
            {
                other.Delivery.OnLog = OnLog.No;
            }
        }
    }

    /// <summary>
    /// A part failed for good, and the batch it comes from may be on the log. Its other parts are not sent: a broker that knows nothing of
    /// us would take them with a gap before them, and any other refuses them. The answer to a later batch may tell.
    /// </summary>
    public void PartHasFailed(ProducerBatch part)
    {
        foreach (var other in After(part))
        {
            var isOfSameBatch = other.SplitFrom is { } whole && whole == part.SplitFrom;
            if (isOfSameBatch && other.Delivery is { Attempts: 0, Numbers: not null, IsUnclear: true })
            {
                other.Delivery.OnLog = OnLog.AskLater;
            }
        }
    }

    /// <summary>The later ones, in order.</summary>
    public ReadOnlySpan<ProducerBatch> After(ProducerBatch batch) => CollectionsMarshal.AsSpan(_batches)[(_batches.IndexOf(batch) + 1)..];

    /// <summary>The batch, or what is left of its parts; empty = it is not here.</summary>
    public List<ProducerBatch> PartsOf(ProducerBatch whole) => _batches.FindAll(b => (b.SplitFrom ?? b) == whole);

    /// <summary>
    /// Parts of at most so many bytes take the batch's place and, together, its numbers, so later batches keep theirs. They are as unclear
    /// as it was.
    /// </summary>
    /// <returns>The first part.</returns>
    public ProducerBatch Split(ProducerBatch batch, int limit)
    {
        var parts = BatchSplit.Cut(batch, limit);
        foreach (var part in parts)
        {
            part.Delivery.OnLog = batch.Delivery.OnLog;
            part.Delivery.Voucher = batch.Delivery.Voucher;
            part.Delivery.LastCause = batch.Delivery.LastCause;
            if (batch.Delivery.Numbers is { } shared)
            {
                var sequence = LaneNumbers.Advance(shared.BaseSequence, part.FirstIndex - batch.FirstIndex);
                part.Delivery.Numbers = shared with { BaseSequence = sequence };
            }
        }

        var at = _batches.IndexOf(batch);
        _batches.RemoveAt(at);
        _batches.InsertRange(at, parts);
        return parts[0];
    }

    /// <summary>What callers, flush and memory know of them: a split batch once, not its parts.</summary>
    public IEnumerable<ProducerBatch> Wholes() => _batches.Select(static b => b.SplitFrom ?? b).Distinct();
}
