using System.Runtime.CompilerServices;
using Microsoft.Extensions.ObjectPool;

namespace Rx.Kafka.Batching;

/// <summary>Room for the facts of some records of one face in one batch. Pooled and never resized: a batch chains as many as it needs.</summary>
internal sealed class FactSegment
{
    private const int SmallLength = 32;
    private const int LargeLength = 128;
    private const int Retained = 4096;

    private static readonly DefaultObjectPool<FactSegment>[] Pools =
    [
        new(new Policy(SmallLength, withRecords: false), Retained),
        new(new Policy(SmallLength, withRecords: true), Retained),
        new(new Policy(LargeLength, withRecords: false), Retained),
        new(new Policy(LargeLength, withRecords: true), Retained),
    ];

    private readonly RecordFact[] _facts;
    private readonly Record[]? _records;

    private FactSegment(int length, bool withRecords)
    {
        _facts = new RecordFact[length];
        _records = withRecords ? new Record[length] : null;
    }

    public int Count { get; private set; }

    public FactSegment? Next { get; set; }

    public bool IsFull => Count == _facts.Length;

    public ReadOnlySpan<RecordFact> Facts => _facts.AsSpan(0, Count);

    public ReadOnlySpan<Record> Records => _records.AsSpan(0, _records is null ? 0 : Count);

    /// <summary>What a segment adds to the ledger, in bytes.</summary>
    public static int BytesOf(bool first, bool withRecords) =>
        (first ? SmallLength : LargeLength) * (Unsafe.SizeOf<RecordFact>() + (withRecords ? Unsafe.SizeOf<Record>() : 0));

    public static FactSegment Rent(bool first, bool withRecords) => PoolOf(first, withRecords).Get();

    public void Add(int index, int timeDelta, in Record record)
    {
        _facts[Count] = new RecordFact(index, timeDelta);
        if (_records is not null)
        {
            record.CopyTo(ref _records[Count]);
        }

        Count++;
    }

    public void Return()
    {
        // The caller's memory must not be kept alive by a pool, and the next record is copied to a cleared place.
        _records?.AsSpan(0, Count).Clear();
        Count = 0;
        Next = null;
        PoolOf(_facts.Length == SmallLength, _records is not null).Return(this);
    }

    private static DefaultObjectPool<FactSegment> PoolOf(bool first, bool withRecords) => Pools[(first ? 0 : 2) + (withRecords ? 1 : 0)];

    private sealed class Policy(int length, bool withRecords) : PooledObjectPolicy<FactSegment>
    {
        public override FactSegment Create() => new(length, withRecords);

        public override bool Return(FactSegment obj) => true;
    }
}
