using System.Globalization;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded.Stress;

/// <summary>The elements of one source: what was offered, what was told of each, and what is on the log.</summary>
internal sealed class Flow(Book book, int id, string way, int count)
{
    private readonly Entry[] _entries = new Entry[count];
    private readonly List<Hearing> _hearings = [];
    private readonly int[] _highest = new int[Round.Partitions];

    public int Id => id;

    public int Count => count;

    /// <summary>Who is told outcomes, made before the first is offered.</summary>
    public Hearing Main => _hearings[0];

    public Hearing Hear()
    {
        var hearing = new Hearing(this);
        _hearings.Add(hearing);
        return hearing;
    }

    /// <summary>Before the call.</summary>
    public void Offering(int number, int records = 1)
    {
        _entries[number].Records = records;
        Volatile.Write(ref _entries[number].IsOffered, true);
        book.Offered();
    }

    /// <summary>After the call.</summary>
    /// <param name="number">Which.</param>
    /// <param name="isOwed">Whether there must be an outcome: nobody had begun to dispose by then.</param>
    public void Offered(int number, bool isOwed) => Volatile.Write(ref _entries[number].IsOwed, isOwed);

    public void Told(int number, in Fate fate, int times)
    {
        if (times > 1)
        {
            Fault(number, $"was told {times} times");
        }

        lock (_entries)
        {
            ref var entry = ref _entries[number];
            if (!entry.IsOffered)
            {
                Fault(number, "was told and never offered");
            }

            if (entry.Fate is { } other && other != fate)
            {
                Fault(number, $"was told as {other} and as {fate}");
            }

            entry.Fate = fate;
        }
    }

    public bool IsOwed(int number) => Volatile.Read(ref _entries[number].IsOwed);

    /// <summary>Notes a record of the log.</summary>
    public void OnLog(int number, int part, bool isOrdered, LogRecord record)
    {
        var (partition, offset) = (record.Partition, record.Offset);
        ref var entry = ref _entries[number];
        if (!entry.IsOffered || part >= Math.Max(1, entry.Records))
        {
            Fault(number, $"is on the log with part {part}, and was offered with {entry.Records}");
            return;
        }

        if ((entry.Parts & (1 << part)) != 0)
        {
            Fault(number, $"is twice on the log, again at {partition}@{offset}");
        }

        if (isOrdered && number < _highest[partition])
        {
            Fault(number, $"is on the log at {partition}@{offset}, after {_highest[partition]}");
        }

        _highest[partition] = isOrdered ? number : _highest[partition];
        entry.Parts |= 1 << part;
        entry.OnLog++;
        entry.IsAtPlace |= entry.Fate is { } fate && fate.Partition == partition && fate.Offset == offset;
    }

    /// <summary>After the end of all: each has one outcome, and the log says the same.</summary>
    public void Check()
    {
        foreach (var hearing in _hearings)
        {
            hearing.Check();
        }

        for (var number = 0; number < count; number++)
        {
            ref readonly var entry = ref _entries[number];
            if (entry.Fate is not { } fate)
            {
                continue;
            }

            if (fate.Succeeded && entry.OnLog != entry.Records)
            {
                Fault(number, $"was told as {fate}, and {entry.OnLog} of its {entry.Records} records are on the log");
            }

            if (fate is { Succeeded: true, Offset: >= 0 } && !entry.IsAtPlace)
            {
                Fault(number, $"was told as {fate}, and is not there");
            }

            if (fate is { Succeeded: false, Persistence: Persistence.NotPersisted } && entry is { Records: 1, OnLog: > 0 })
            {
                Fault(number, $"was told as {fate}, and is on the log");
            }
        }
    }

    public void Fault(int number, string text) =>
        book.Fault(string.Create(CultureInfo.InvariantCulture, $"{way} (flow {id}): element {number} of {count} {text}."));

    private struct Entry
    {
        public int Records;
        public bool IsOffered;
        public bool IsOwed;
        public Fate? Fate;
        public int Parts;
        public int OnLog;
        public bool IsAtPlace;
    }
}

/// <summary>One observer, enumeration or row of awaits that is told a flow's outcomes.</summary>
internal sealed class Hearing(Flow flow)
{
    private readonly int[] _told = new int[flow.Count];
    private volatile bool _isLoose;

    /// <summary>It was disposed, left or detached: what is still owed may stay untold.</summary>
    public bool IsLoose
    {
        get => _isLoose;
        set => _isLoose = value;
    }

    public void Told(int number, in Fate fate) => flow.Told(number, fate, Interlocked.Increment(ref _told[number]));

    public void Check()
    {
        for (var number = 0; number < _told.Length && !_isLoose; number++)
        {
            if (flow.IsOwed(number) && Volatile.Read(ref _told[number]) == 0)
            {
                flow.Fault(number, "has no outcome");
            }
        }
    }
}
