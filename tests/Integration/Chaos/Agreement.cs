using System.Globalization;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>Whether what the producer said of each record is what stands on the log.</summary>
internal static class Agreement
{
    /// <summary>What does not agree; empty = all is well.</summary>
    public static List<string> Faults(Ledger ledger, LogContents log)
    {
        var faults = new List<string>([.. ledger.Faults, .. log.Faults]);
        for (var stream = 0; stream < ledger.Streams; stream++)
        {
            for (var sequence = 0; sequence < ledger.PerStream; sequence++)
            {
                var id = new StreamRecord(stream, sequence);
                if (Fault(ledger.OutcomeOf(id), log.Find(id)) is { } fault)
                {
                    faults.Add($"{id} {fault}");
                }
            }
        }

        return faults;
    }

    private static string? Fault((Persistence Persistence, int Partition, long Offset)? told, (int Partition, long Offset)? found) => (told, found) switch
    {
        (null, _) => "has no outcome",
        ({ Persistence: Persistence.Persisted }, null) => "is lost: acknowledged, and not on the log",
        ({ Persistence: Persistence.NotPersisted }, { } place) => Text($"was reported NotPersisted and is on the log, partition {place.Partition} offset {place.Offset}"),
        ({ Persistence: Persistence.Persisted } outcome, { } place) when outcome.Partition != place.Partition || (outcome.Offset >= 0 && outcome.Offset != place.Offset) =>
            Text($"was acknowledged at partition {outcome.Partition} offset {outcome.Offset} and is on partition {place.Partition} offset {place.Offset}"),
        _ => null,
    };

    private static string Text(IFormattable text) => text.ToString(null, CultureInfo.InvariantCulture);
}
