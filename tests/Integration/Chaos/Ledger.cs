using System.Collections.Concurrent;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>What the producer said became of each record of a topic. Any thread; each record is told of once, and a second word is a fault.</summary>
internal sealed class Ledger(int streams, int perStream)
{
    private const int Undecided = 0;

    private readonly int[] _outcomes = new int[streams * perStream];
    private readonly int[] _partitions = new int[streams * perStream];
    private readonly long[] _offsets = new long[streams * perStream];
    private readonly ConcurrentDictionary<string, int> _kinds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _examples = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _faults = new();

    public int Streams => streams;

    public int PerStream => perStream;

    /// <summary>How many records had which kind of outcome, for people.</summary>
    public string Summary => string.Join(", ", _kinds.OrderBy(static kind => kind.Key, StringComparer.Ordinal).Select(static kind => $"{kind.Value} {kind.Key}"));

    /// <summary>One failure of each kind.</summary>
    public IEnumerable<string> Examples => _examples.Values;

    /// <summary>Faults that show without the log: outcomes told twice, or in another order than the records were offered in.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>How many were not acknowledged.</summary>
    public int Failures => _outcomes.Count(static outcome => outcome is not (Undecided or (int)Persistence.Persisted + 1));

    public void Acknowledged(StreamRecord id, RecordMetadata metadata)
    {
        var index = IndexOf(id);
        _partitions[index] = metadata.Partition;
        _offsets[index] = metadata.Offset;
        Decide(id, Persistence.Persisted, metadata.Offset < 0 ? "acknowledged without offset" : "acknowledged");
    }

    public void Failed(StreamRecord id, ProduceError error)
    {
        var kind = $"{error.Code} {error.Persistence}";
        Decide(id, error.Persistence, kind);
        _examples.TryAdd(kind, $"{id} {kind}: {error.Message}");
    }

    /// <summary>Notes what should not be.</summary>
    public void Fault(string what) => _faults.Enqueue(what);

    /// <summary>What became of a record; null = nobody said. The offset is −1 where none was told.</summary>
    public (Persistence Persistence, int Partition, long Offset)? OutcomeOf(StreamRecord id)
    {
        var index = IndexOf(id);
        return Volatile.Read(ref _outcomes[index]) is var outcome and not Undecided ? ((Persistence)(outcome - 1), _partitions[index], _offsets[index]) : null;
    }

    private void Decide(StreamRecord id, Persistence persistence, string kind)
    {
        _kinds.AddOrUpdate(kind, 1, static (_, count) => count + 1);
        var before = Interlocked.Exchange(ref _outcomes[IndexOf(id)], (int)persistence + 1);
        if (before != Undecided)
        {
            Fault($"{id} has a second outcome: {kind} after {(Persistence)(before - 1)}");
        }
    }

    private int IndexOf(StreamRecord id) => (id.Stream * perStream) + id.Sequence;
}
