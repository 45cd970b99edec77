using System.Text;

namespace Rx.Kafka.Tool.Bench;

/// <summary>The values of a round's records, made beforehand: text like JSON, which compresses about threefold.</summary>
/// <remarks>One in <see cref="Stride"/> has the time of sending in it; it is used again only after its outcome.</remarks>
internal sealed class Workload
{
    private const int MostPlain = 1024;
    private const long PlainBytes = 16L << 20;
    private const long MostBytesUnderWay = 256L << 20;
    private const int Stride = 101; // no multiple or divisor of how many records a batch holds

    private readonly byte[][] _plain;
    private readonly byte[][] _marked;
    private readonly Outcomes _outcomes;
    private long _sent;
    private int _nextMarked;

    public Workload(int size, Outcomes outcomes)
    {
        _outcomes = outcomes;
        MostUnderWay = (int)Math.Clamp(MostBytesUnderWay / size, 2, 100_000);
        _plain = Values((int)Math.Clamp(PlainBytes / size, 1, MostPlain), size);
        _marked = Values((MostUnderWay / Stride) + 2, size);
    }

    /// <summary>How many records may be without outcome; the same for each client, since latency is a matter of it.</summary>
    public int MostUnderWay { get; }

    /// <summary>The next record's value.</summary>
    public byte[] Next()
    {
        var value = _plain[_sent % _plain.Length];
        if (_sent++ % Stride == 0 && !Outcomes.IsMarked(_marked[_nextMarked]))
        {
            value = _marked[_nextMarked];
            _nextMarked = (_nextMarked + 1) % _marked.Length;
            _outcomes.Mark(value);
        }

        return value;
    }

    private static byte[][] Values(int count, int size)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => Value(random, size))];
    }

    private static byte[] Value(Random random, int size)
    {
        var text = new StringBuilder();
        while (text.Length < size)
        {
            text.Append("{\"id\":").Append(random.Next())
                .Append(",\"user\":\"u").Append(random.Next(100_000))
                .Append("\",\"event\":\"page_view\",\"ms\":").Append(random.Next(5_000)).Append('}');
        }

        var value = Encoding.ASCII.GetBytes(text.ToString(0, size));
        value.AsSpan(0, sizeof(long)).Clear(); // not marked
        return value;
    }
}
