using System.Diagnostics.CodeAnalysis;

namespace Rx.Kafka.Outcomes;

/// <summary>The facts about all records of one batch: a range table; more than one range after a split or record-level errors.</summary>
internal readonly struct BatchOutcome
{
    /// <summary>9999-12-31, the last that <see cref="DateTimeOffset"/> can tell. A broker may say anything.</summary>
    private const long LastTimestamp = 253_402_300_799_999;

    private readonly OutcomeRange _first;
    private readonly OutcomeRange[]? _ranges;
    private readonly long _baseTimestamp;

    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="baseTimestamp">Milliseconds since 1970 of the batch's first record; records keep a delta.</param>
    /// <param name="range">The outcome of all records.</param>
    /// <param name="persistence">What is known of the acknowledged records being on the log.</param>
    public BatchOutcome(
        string topic, int partition, long baseTimestamp, OutcomeRange range, Persistence persistence = Persistence.Persisted)
    {
        Topic = topic;
        Partition = partition;
        _baseTimestamp = baseTimestamp;
        _first = range;
        SuccessPersistence = persistence;
    }

    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="baseTimestamp">Milliseconds since 1970 of the batch's first record.</param>
    /// <param name="ranges">At least one range, ascending, the first at index 0.</param>
    /// <param name="persistence">What is known of the acknowledged records being on the log.</param>
    public BatchOutcome(
        string topic, int partition, long baseTimestamp, OutcomeRange[] ranges, Persistence persistence = Persistence.Persisted)
        : this(topic, partition, baseTimestamp, ranges[0], persistence) => _ranges = ranges;

    public string Topic { get; }

    public int Partition { get; }

    /// <summary>Persisted, but with acks = 0 only PossiblyPersisted.</summary>
    public Persistence SuccessPersistence { get; }

    /// <summary>The ranges, ascending, the first at index 0.</summary>
    [UnscopedRef]
    public ReadOnlySpan<OutcomeRange> Ranges => _ranges is null ? new ReadOnlySpan<OutcomeRange>(in _first) : _ranges;

    public ProduceError? ErrorOf(int index) => RangeOf(index).Error;

    public long OffsetOf(int index)
    {
        ref readonly var range = ref RangeOf(index);
        return range.BaseOffset < 0 ? -1 : range.BaseOffset + (index - range.FirstIndex);
    }

    /// <summary>Milliseconds since 1970 of a record whose delta to the batch's first record is given.</summary>
    public long TimestampOf(int index, int timeDelta)
    {
        var appendTime = RangeOf(index).AppendTime;
        return appendTime >= 0 ? Math.Min(appendTime, LastTimestamp) : _baseTimestamp + timeDelta;
    }

    public RecordMetadata MetadataOf(int index, int timeDelta) =>
        new(Topic, Partition, OffsetOf(index), DateTimeOffset.FromUnixTimeMilliseconds(TimestampOf(index, timeDelta)));

    /// <summary>The outcome of a record as its observers see it.</summary>
    public Delivery<T> DeliveryOf<T>(in T state, RecordFact fact, ProduceError? error) => error is null
        ? new(state, Topic, Partition, OffsetOf(fact.Index), TimestampOf(fact.Index, fact.TimeDelta), SuccessPersistence)
        : new(state, error);

    [UnscopedRef]
    private ref readonly OutcomeRange RangeOf(int index)
    {
        if (_ranges is null)
        {
            return ref _first;
        }

        var low = 0;
        var high = _ranges.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_ranges[middle].FirstIndex <= index)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ref _ranges[low];
    }
}

/// <summary>
/// The records of a batch from <see cref="FirstIndex"/> up to the next range share an error, or a base offset and a time.
/// </summary>
/// <param name="FirstIndex">The first record's number in its batch.</param>
/// <param name="BaseOffset">The first record's offset; −1 where the broker cannot say.</param>
/// <param name="Error">Why they failed; null = they did not.</param>
/// <param name="AppendTime">The broker's log-append time in milliseconds since 1970, or −1.</param>
internal readonly record struct OutcomeRange(int FirstIndex, long BaseOffset, ProduceError? Error, long AppendTime = -1);
