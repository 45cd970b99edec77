using System.Collections.Concurrent;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>Which faults were made, and how often. Any thread.</summary>
internal sealed class FaultTally(ChaosLog log)
{
    private readonly ConcurrentDictionary<FaultKind, int> _made = new();

    /// <summary>Kinds that never came.</summary>
    public IEnumerable<FaultKind> Missing => FaultScript.Kinds.Except(_made.Keys);

    public void Begin(Fault fault)
    {
        _made.AddOrUpdate(fault.Kind, 1, static (_, count) => count + 1);
        log.Note($"*** {fault}");
    }

    public void End(Fault fault) => log.Note($"*** over: {fault.Kind} broker {fault.Broker}");

    public override string ToString() => string.Join(", ", _made.OrderBy(static made => made.Key).Select(static made => $"{made.Value} {made.Key}"));
}
