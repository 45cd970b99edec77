using System.Diagnostics;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>What one source sends: the records of its streams, by turns, spread over the time that the faults last. A source that was held up catches up.</summary>
/// <param name="topic">Where to.</param>
/// <param name="partitions">How many partitions that topic has.</param>
/// <param name="streams">Its streams; no other source has them.</param>
/// <param name="perStream">How many records each has.</param>
/// <param name="duration">The time they are spread over.</param>
internal sealed class Load(string topic, int partitions, Range streams, int perStream, TimeSpan duration)
{
    /// <summary>How often a source should look for what is due.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly Stopwatch _watch = new();
    private readonly int _firstStream = streams.Start.Value;
    private readonly int _streams = streams.End.Value - streams.Start.Value;
    private int _next;

    /// <summary>How many records in all.</summary>
    public int Count => _streams * perStream;

    public bool IsOver => _next == Count;

    /// <summary>The records whose time has come, from where the last call ended; time begins with the first call. One caller at a time.</summary>
    public IEnumerable<(StreamRecord Id, Record Record)> Due()
    {
        _watch.Start();
        var due = Math.Min(Count, (int)(Count * (_watch.Elapsed / duration)));
        while (_next < due)
        {
            var id = new StreamRecord(_firstStream + (_next % _streams), _next / _streams);
            _next++;
            yield return (id, id.ToRecord(topic, partitions));
        }
    }
}
