namespace Rx.Kafka.Batching;

/// <summary>The facts about all records of one batch: a range table (more than one range after a split or record-level errors) and where their times come from.</summary>
internal readonly struct BatchOutcome
{
    /// <summary>9999-12-31, the last that <see cref="DateTimeOffset"/> can tell. A broker may say anything.</summary>
    private const long LastTimestamp = 253_402_300_799_999;

    private readonly OutcomeRange _first;
    private readonly OutcomeRange[]? _ranges;
    private readonly long _appendTime;
    private readonly long _baseTimestamp;

    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="baseTimestamp">Milliseconds since 1970 of the batch's first record; records keep a delta.</param>
    /// <param name="appendTime">The broker's log-append time in milliseconds since 1970, or −1.</param>
    /// <param name="range">The outcome of all records.</param>
    /// <param name="persistence">What is known of the acknowledged records being on the log.</param>
    public BatchOutcome(string topic, int partition, long baseTimestamp, long appendTime, OutcomeRange range, Persistence persistence = Persistence.Persisted)
    {
        Topic = topic;
        Partition = partition;
        _baseTimestamp = baseTimestamp;
        _appendTime = appendTime;
        _first = range;
        SuccessPersistence = persistence;
    }

    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="baseTimestamp">Milliseconds since 1970 of the batch's first record.</param>
    /// <param name="appendTime">The broker's log-append time, or −1.</param>
    /// <param name="ranges">At least one range, ascending, the first at index 0.</param>
    public BatchOutcome(string topic, int partition, long baseTimestamp, long appendTime, OutcomeRange[] ranges)
        : this(topic, partition, baseTimestamp, appendTime, ranges[0]) => _ranges = ranges;

    public string Topic { get; }

    public int Partition { get; }

    /// <summary>Persisted, but with acks = 0 only PossiblyPersisted.</summary>
    public Persistence SuccessPersistence { get; }

    public ProduceError? FirstError => _first.Error;

    public ProduceError? ErrorOf(int index) => RangeOf(index).Error;

    public long OffsetOf(int index)
    {
        var range = RangeOf(index);
        return range.BaseOffset < 0 ? -1 : range.BaseOffset + (index - range.FirstIndex);
    }

    /// <summary>Milliseconds since 1970 of a record whose delta to the batch's first record is given.</summary>
    public long TimestampOf(int timeDelta) => _appendTime >= 0 ? Math.Min(_appendTime, LastTimestamp) : _baseTimestamp + timeDelta;

    public RecordMetadata MetadataOf(int index, int timeDelta) =>
        new(Topic, Partition, OffsetOf(index), DateTimeOffset.FromUnixTimeMilliseconds(TimestampOf(timeDelta)));

    private OutcomeRange RangeOf(int index)
    {
        if (_ranges is null)
        {
            return _first;
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

        return _ranges[low];
    }
}
