using System.Collections.Concurrent;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded.Stress;

/// <summary>All flows of a round, and what was found wrong. Any thread.</summary>
internal sealed class Book
{
    private const int MostFaults = 20;

    private readonly ConcurrentDictionary<int, Flow> _flows = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private int _ids;
    private int _offered;

    public IReadOnlyCollection<string> Faults => _faults;

    public int OfferedCount => Volatile.Read(ref _offered);

    public Flow this[int id] => _flows[id];

    public Flow Open(string way, int count)
    {
        var flow = new Flow(this, Interlocked.Increment(ref _ids), way, count);
        _flows[flow.Id] = flow;
        return flow;
    }

    public void Offered() => Interlocked.Increment(ref _offered);

    public void Fault(string text)
    {
        if (_faults.Count < MostFaults)
        {
            _faults.Enqueue(text);
        }
    }

    /// <summary>After the producer was disposed.</summary>
    /// <param name="log">Partition by partition, by offset.</param>
    public void Check(IEnumerable<LogRecord> log)
    {
        foreach (var record in log)
        {
            var value = record.Value!.Value.Span;
            var (flow, number, part) = Payload.Read(value);
            if (_flows.TryGetValue(flow, out var found) && number < found.Count)
            {
                found.OnLog(number, part, Payload.ReadIsOrdered(value), record);
            }
            else
            {
                Fault($"Nobody offered the record at {record.Partition}@{record.Offset}.");
            }
        }

        foreach (var flow in _flows.Values)
        {
            flow.Check();
        }
    }
}
