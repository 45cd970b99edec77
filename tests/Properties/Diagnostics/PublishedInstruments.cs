using System.Diagnostics.Metrics;
using Rx.Kafka.Diagnostics;

namespace Rx.Kafka.Properties.Diagnostics;

/// <summary>The instruments that a listener is told of, by name.</summary>
internal static class PublishedInstruments
{
    public static IReadOnlyList<Instrument> All()
    {
        var meter = Instruments.Meter;
        var instruments = new List<Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
            {
                instruments.Add(instrument);
            }
        };
        listener.Start();
        return [.. instruments.OrderBy(static instrument => instrument.Name, StringComparer.Ordinal)];
    }
}
