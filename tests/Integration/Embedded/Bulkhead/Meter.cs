using System.Diagnostics;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded.Bulkhead;

/// <summary>Reads from the brokers' logs how much arrives.</summary>
internal sealed class Meter(EmbeddedKafka kafka, int partitions, int recordBytes)
{
    /// <summary>MB/s that some partitions get during a time from now on.</summary>
    public async Task<double> MegabytesAsync(Func<int, bool> counts, TimeSpan window)
    {
        var before = Records(counts);
        var start = Stopwatch.GetTimestamp();
        await Task.Delay(window);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (Records(counts) - before) * recordBytes / seconds / 1e6;
    }

    private long Records(Func<int, bool> counts) => Enumerable.Range(0, partitions).Where(counts).Sum(partition => kafka.NextOffset(Outage.Topic, partition));
}
