using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Rx.Kafka.Batching;
using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Lanes;

/// <summary>
/// A lane's drained batches whose outcome is not published, in the order of their records. One that is decided early keeps its outcome here until all before it have theirs.
/// Parts of a split batch stand in its place.
/// </summary>
internal sealed class UndecidedBatches
{
    private readonly List<ProducerBatch> _batches = [];

    /// <summary>Some may be on the log.</summary>
    public bool HasUnclear => _batches.Exists(static b => b.IsUnclear);

    /// <summary>Some are parts of a split batch.</summary>
    public bool HasParts => _batches.Exists(static b => b.Whole is not null);

    /// <summary>Some still use the lane's numbers.</summary>
    public bool HasNumbered => _batches.Exists(static b => b is { Kept: null, BaseSequence: >= 0 } || b.IsInFlight);

    /// <summary>The answer to some may tell of those before them.</summary>
    public bool CanTellOfEarlier => _batches.Exists(static b => b is { Kept: null, AwaitsLaterProof: false, BaseSequence: >= 0 });

    public List<ProducerBatch>.Enumerator GetEnumerator() => _batches.GetEnumerator();

    public void Add(ProducerBatch batch) => _batches.Add(batch);

    /// <summary>Removes the oldest if it has its outcome.</summary>
    public bool TryTakeDecided([NotNullWhen(true)] out ProducerBatch? batch, out BatchOutcome outcome)
    {
        batch = null;
        outcome = default;
        if (_batches.Count == 0 || _batches[0].Kept is not { } kept)
        {
            return false;
        }

        (batch, outcome) = (_batches[0], kept);
        _batches.RemoveAt(0);
        return true;
    }

    /// <summary>The oldest that must be sent again; those whose answer a later one must give are passed over.</summary>
    public ProducerBatch? NextToSendAgain()
    {
        foreach (var batch in _batches)
        {
            if (batch is { Kept: null, IsInFlight: false, AwaitsLaterProof: false })
            {
                return batch;
            }
        }

        return null;
    }

    /// <summary>Whether some, besides one that was taken just now, have no outcome and are not in flight.</summary>
    public bool HasToSend(ProducerBatch? besides = null)
    {
        foreach (var batch in _batches)
        {
            if (batch is { Kept: null, IsInFlight: false } && batch != besides)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether one before it is still to be sent; those whose answer a later success must give are not.</summary>
    public bool HasToSendBefore(ProducerBatch batch)
    {
        foreach (var earlier in _batches)
        {
            if (earlier == batch)
            {
                return false;
            }

            if (earlier is { Kept: null, AwaitsLaterProof: false })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether one behind it, under the same producer id and epoch, is on the log.</summary>
    public bool HasSuccessBehind(ProducerBatch batch)
    {
        foreach (var later in Behind(batch))
        {
            if (later is { Kept: { } kept } && later.Identity == batch.Identity && kept.Ranges[0].Error is null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Those behind it, in order.</summary>
    public ReadOnlySpan<ProducerBatch> Behind(ProducerBatch batch) => CollectionsMarshal.AsSpan(_batches)[(_batches.IndexOf(batch) + 1)..];

    /// <summary>The batch, or what is left of its parts; empty = it is not here.</summary>
    public List<ProducerBatch> PartsOf(ProducerBatch whole) => _batches.FindAll(b => (b.Whole ?? b) == whole);

    /// <summary>The halves of a split batch take its place.</summary>
    public void Replace(ProducerBatch batch, ProducerBatch first, ProducerBatch second)
    {
        var at = _batches.IndexOf(batch);
        _batches[at] = first;
        _batches.Insert(at + 1, second);
    }

    /// <summary>What callers, flush and memory know of them: a split batch once, not its parts.</summary>
    public IEnumerable<ProducerBatch> Wholes() => _batches.Select(static b => b.Whole ?? b).Distinct();
}
