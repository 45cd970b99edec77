using System.Globalization;
using System.Text;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>Where Kafka's own consumer found each record of a topic; with what is wrong with the log whatever was said of the records.</summary>
internal sealed class LogContents
{
    private const long Absent = -1;

    private readonly int _perStream;
    private readonly long[] _offsets;
    private readonly int[] _partitions;
    private readonly int[] _home;
    private readonly int[] _highest;
    private readonly List<string> _faults = [];

    public LogContents(int streams, int perStream)
    {
        _perStream = perStream;
        _offsets = new long[streams * perStream];
        _partitions = new int[streams * perStream];
        _home = new int[streams];
        _highest = new int[streams];
        Array.Fill(_offsets, Absent);
        Array.Fill(_home, -1);
        Array.Fill(_highest, -1);
    }

    /// <summary>Records twice, out of order, on two partitions, or not as they were sent.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public int Records { get; private set; }

    /// <summary>Takes a line "partition offset timestamp key value", separated by tabs; those of one partition come in the order of their offsets.</summary>
    public void Add(string line)
    {
        var fields = line.Split('\t', 5);
        Add(int.Parse(fields[0], CultureInfo.InvariantCulture), long.Parse(fields[1], CultureInfo.InvariantCulture), fields[4]);
    }

    public void Add(int partition, long offset, string value)
    {
        Records++;
        var where = string.Create(CultureInfo.InvariantCulture, $"partition {partition} offset {offset}");
        if (!StreamRecord.TryParse(Encoding.UTF8.GetBytes(value), out var id) || id.Stream >= _home.Length || id.Sequence >= _perStream)
        {
            _faults.Add($"unknown record at {where}: {value}");
            return;
        }

        if (value != id.Text)
        {
            _faults.Add($"{id} at {where} was altered: {value}");
        }

        ref var at = ref _offsets[IndexOf(id)];
        if (at != Absent)
        {
            _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{id} is there twice, at {where} and at offset {at}"));
            return;
        }

        at = offset;
        _partitions[IndexOf(id)] = partition;
        ref var home = ref _home[id.Stream];
        home = home < 0 ? partition : home;
        if (home != partition)
        {
            _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{id} at {where}, but others of its stream are on partition {home}"));
        }

        if (id.Sequence < _highest[id.Stream])
        {
            _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{id} at {where} is behind {_highest[id.Stream]} of its stream"));
        }

        _highest[id.Stream] = Math.Max(_highest[id.Stream], id.Sequence);
    }

    /// <summary>Where a record is; null = it is not there.</summary>
    public (int Partition, long Offset)? Find(StreamRecord id) => _offsets[IndexOf(id)] is var offset and not Absent ? (_partitions[IndexOf(id)], offset) : null;

    private int IndexOf(StreamRecord id) => (id.Stream * _perStream) + id.Sequence;
}
