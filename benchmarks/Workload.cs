using System.Runtime.InteropServices;
using System.Text;

namespace Rx.Kafka.Benchmarks;

/// <summary>The records of a run. Keys and values are made beforehand: what a run measures is the producer, not the making of its payload.</summary>
internal sealed class Workload
{
    private readonly string _topic;
    private readonly byte[][] _values;
    private readonly byte[][]? _keys;
    private readonly int _partitions;
    private readonly bool _roundRobin;

    public Workload(BenchOptions options)
    {
        _topic = options.Topic;
        _partitions = options.Parts;
        _roundRobin = options.RoundRobin;
        // A paced record carries its time of sending until its acknowledgement: the ring must be longer than what is under way.
        var ring = (int)Math.Min(options.Rate > 0 ? 65536 : 4096, Math.Max(1, (256L << 20) / options.Size));
        _values = [.. Enumerable.Range(0, ring).Select(seed => MakeValue(options, seed))];
        _keys = string.Equals(options.Key, "id8", StringComparison.Ordinal)
            ? [.. Enumerable.Range(0, ring).Select(seed => BitConverter.GetBytes(seed * 2654435761L))]
            : null;
    }

    /// <summary>The i-th record; it repeats after a few thousand.</summary>
    public Record this[int i]
    {
        get
        {
            var slot = i % _values.Length;
            var record = new Record(_topic, _keys?[slot], _values[slot]);
            return _roundRobin ? record with { Partition = i % _partitions } : record;
        }
    }

    /// <summary>The i-th record with a time in its value, for <see cref="SentAt"/>.</summary>
    public Record Stamped(int i, long timestamp)
    {
        MemoryMarshal.Write(_values[i % _values.Length], in timestamp);
        return this[i];
    }

    public static long SentAt(in Record record) => MemoryMarshal.Read<long>(record.Value.GetValueOrDefault().Span);

    private static byte[] MakeValue(BenchOptions options, int seed)
    {
        var random = new Random(seed);
        var value = new byte[options.Size];
        if (string.Equals(options.Payload, "random", StringComparison.Ordinal))
        {
            random.NextBytes(value);
            return value;
        }

        var text = new StringBuilder();
        while (text.Length < options.Size)
        {
            text.Append("{\"id\":").Append(random.Next())
                .Append(",\"user\":\"u").Append(random.Next(100_000))
                .Append("\",\"event\":\"page_view\",\"ms\":").Append(random.Next(5_000)).Append('}');
        }

        Encoding.ASCII.GetBytes(text.ToString().AsSpan(0, options.Size), value);
        return value;
    }
}
