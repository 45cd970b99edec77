using System.Runtime.CompilerServices;
using Microsoft.Extensions.ObjectPool;

namespace Rx.Kafka.Outcomes;

/// <summary>
/// What one batch keeps for one sink: a count, or the facts somebody wants. Becomes the node that carries the outcome to the sink's
/// dispatcher. Pooled.
/// </summary>
internal sealed class SinkShare
{
    private static readonly DefaultObjectPool<SinkShare> Pool = new(new DefaultPooledObjectPolicy<SinkShare>(), 4096);

    private FactSegment? _last;
    private BatchOutcome _outcome;

    public Sink Sink { get; private set; } = null!;

    public SinkInterest Interest { get; private set; }

    public int Count { get; private set; }

    public FactSegment? Segments { get; private set; }

    public ref readonly BatchOutcome Outcome => ref _outcome;

    /// <summary>The next share of the batch, later the next node of the dispatcher's queue.</summary>
    public SinkShare? Next { get; set; }

    /// <summary>Whether the next record needs another segment, which must be charged first.</summary>
    public bool NeedsSegment => Interest != SinkInterest.None && (_last is null || _last.IsFull);

    public static SinkShare Rent(Sink sink, SinkInterest interest)
    {
        var share = Pool.Get();
        share.Sink = sink;
        share.Interest = interest;
        return share;
    }

    /// <summary>What the next segment adds to the ledger, in bytes.</summary>
    public static int SegmentBytes(SinkInterest interest, bool first) =>
        interest == SinkInterest.None ? 0 : FactSegment.BytesOf(first, interest);

    public void AddSegment()
    {
        var segment = FactSegment.Rent(Segments is null, Interest);
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

    public void Add(int index, int timeDelta, in Record record, object? state)
    {
        Count++;
        _last?.Add(index, timeDelta, record, state);
    }

    public void Decide(in BatchOutcome outcome)
    {
        _outcome = outcome;
        Sink.Decided(this);
    }

    public void Return()
    {
        for (var segment = Segments; segment is not null;)
        {
            var next = segment.Next;
            segment.Return();
            segment = next;
        }

        Sink = null!;
        Segments = _last = null;
        Count = 0;
        _outcome = default;
        Next = null;
        Pool.Return(this);
    }
}

/// <summary>
/// Room for the facts of some records of one sink in one batch. Pooled and never resized: a batch chains as many as it needs.
/// </summary>
internal sealed class FactSegment
{
    private const int SmallLength = 32;
    private const int LargeLength = 128;
    private const int Retained = 4096;

    private static readonly DefaultObjectPool<FactSegment>[] Small = PoolsOf(SmallLength);
    private static readonly DefaultObjectPool<FactSegment>[] Large = PoolsOf(LargeLength);

    private readonly SinkInterest _interest;
    private readonly RecordFact[] _facts;
    private readonly Record[]? _records;
    private readonly object?[]? _states;

    private FactSegment(int length, SinkInterest interest)
    {
        _interest = interest;
        _facts = new RecordFact[length];
        _records = interest.HasRecords() ? new Record[length] : null;
        _states = interest.HasStates() ? new object?[length] : null;
    }

    public int Count { get; private set; }

    public FactSegment? Next { get; set; }

    public bool IsFull => Count == _facts.Length;

    public ReadOnlySpan<RecordFact> Facts => _facts.AsSpan(0, Count);

    public ReadOnlySpan<Record> Records => _records.AsSpan(0, _records is null ? 0 : Count);

    public ReadOnlySpan<object?> States => _states.AsSpan(0, _states is null ? 0 : Count);

    /// <summary>What a segment adds to the ledger, in bytes.</summary>
    public static int BytesOf(bool first, SinkInterest interest) =>
        (first ? SmallLength : LargeLength) * (Unsafe.SizeOf<RecordFact>()
            + (interest.HasRecords() ? Unsafe.SizeOf<Record>() : 0) + (interest.HasStates() ? Unsafe.SizeOf<object>() : 0));

    public static FactSegment Rent(bool first, SinkInterest interest) => (first ? Small : Large)[(int)interest].Get();

    public void Add(int index, int timeDelta, in Record record, object? state)
    {
        _facts[Count] = new RecordFact(index, timeDelta);
        if (_records is not null)
        {
            record.CopyTo(ref _records[Count]);
        }

        if (_states is not null)
        {
            _states[Count] = state;
        }

        Count++;
    }

    public void Return()
    {
        // The caller's memory must not be kept alive by a pool, and the next record is copied to a cleared place.
        _records?.AsSpan(0, Count).Clear();
        _states?.AsSpan(0, Count).Clear();
        Count = 0;
        Next = null;
        (_facts.Length == SmallLength ? Small : Large)[(int)_interest].Return(this);
    }

    private static DefaultObjectPool<FactSegment>[] PoolsOf(int length) =>
        [.. Enum.GetValues<SinkInterest>().Select(interest => new DefaultObjectPool<FactSegment>(new Policy(length, interest), Retained))];

    private sealed class Policy(int length, SinkInterest interest) : PooledObjectPolicy<FactSegment>
    {
        public override FactSegment Create() => new(length, interest);

        public override bool Return(FactSegment obj) => true;
    }
}

/// <summary>
/// What a batch keeps of one record for its sink: its index in the batch and its time as a delta to the batch's first record.
/// </summary>
internal readonly record struct RecordFact(int Index, int TimeDelta);
