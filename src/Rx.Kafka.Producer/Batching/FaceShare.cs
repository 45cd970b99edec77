using Microsoft.Extensions.ObjectPool;

namespace Rx.Kafka.Batching;

/// <summary>What one batch keeps for one face: a count, or the facts somebody wants. Becomes the node that carries the outcome to the face's dispatcher. Pooled.</summary>
internal sealed class FaceShare
{
    private static readonly DefaultObjectPool<FaceShare> Pool = new(new DefaultPooledObjectPolicy<FaceShare>(), 4096);

    private FactSegment? _last;
    private BatchOutcome _outcome;

    public Face Face { get; private set; } = null!;

    public FaceInterest Interest { get; private set; }

    public int Count { get; private set; }

    public FactSegment? Segments { get; private set; }

    public ref readonly BatchOutcome Outcome => ref _outcome;

    /// <summary>The next share of the batch, later the next node of the dispatcher's queue.</summary>
    public FaceShare? Next { get; set; }

    /// <summary>Whether the next record needs another segment, which must be charged first.</summary>
    public bool NeedsSegment => Interest != FaceInterest.None && (_last is null || _last.IsFull);

    public static FaceShare Rent(Face face, FaceInterest interest)
    {
        var share = Pool.Get();
        share.Face = face;
        share.Interest = interest;
        return share;
    }

    /// <summary>What the next segment adds to the ledger, in bytes.</summary>
    public static int SegmentBytes(FaceInterest interest, bool first) =>
        interest == FaceInterest.None ? 0 : FactSegment.BytesOf(first, interest == FaceInterest.Records);

    public void AddSegment()
    {
        var segment = FactSegment.Rent(Segments is null, Interest == FaceInterest.Records);
        if (_last is null)
        {
            Segments = segment;
        }
        else
        {
            _last.Next = segment;
        }

        _last = segment;
    }

    public void Add(int index, int timeDelta, in Record record)
    {
        Count++;
        _last?.Add(index, timeDelta, record);
    }

    public void Decide(in BatchOutcome outcome)
    {
        _outcome = outcome;
        Face.Decided(this);
    }

    public void Return()
    {
        for (var segment = Segments; segment is not null;)
        {
            var next = segment.Next;
            segment.Return();
            segment = next;
        }

        Face = null!;
        Segments = _last = null;
        Count = 0;
        _outcome = default;
        Next = null;
        Pool.Return(this);
    }
}
