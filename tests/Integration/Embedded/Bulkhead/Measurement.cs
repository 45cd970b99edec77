using System.Diagnostics;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded.Bulkhead;

/// <summary>Measures what reaches the log before and during an outage, with one producer and its default memory.</summary>
internal sealed class Measurement(Outage outage, Feeding feeding, Way way, Scale scale)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private bool IsKeyless => feeding is Feeding.Unkeyed or Feeding.UnkeyedFlatOut;

    /// <summary>The round with the median ratio.</summary>
    public Task<Throughput> MedianAsync(double floor) => Rounds.MedianAsync(RoundAsync, static round => round.Ratio, floor);

    private async Task<Throughput> RoundAsync()
    {
        // The log keeps nothing: what is measured is the producer.
        await using var kafka = await EmbeddedKafka.StartAsync(Outage.Brokers, new EmbeddedKafkaOptions { LogBytesPerPartition = 0 });
        kafka.CreateTopic(Outage.Topic, outage.Partitions);
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, CloseTimeout = TimeSpan.Zero });
        await producer.ConnectAsync();
        var meter = new Meter(kafka, outage.Partitions, Callers.RecordBytes);
        var callers = new Callers(producer, outage.Partitions, feeding, way, pacedBytes: scale.PacedBytes);
        try
        {
            await Task.Delay(scale.WarmUp);

            // What piled up before the first connection was there is not this second's throughput.
            await producer.FlushAsync();
            var healthy = await meter.MegabytesAsync(Counts, scale.Window);
            outage.Begin(kafka);
            callers.Rush(outage.Takes);
            await SettleAsync(callers);
            return new Throughput(healthy, await meter.MegabytesAsync(Counts, scale.Window));
        }
        finally
        {
            callers.Stop();
            await producer.DisposeAsync();
            await callers.Ended().WaitAsync(Patience);
        }
    }

    /// <summary>Until the callers of the dead part stand in line: they hold what they can get.</summary>
    private async Task SettleAsync(Callers callers)
    {
        if (IsKeyless)
        {
            await Task.Delay(scale.Unkeyed);
            return;
        }

        var start = Stopwatch.GetTimestamp();
        long accepted;
        do
        {
            accepted = callers.Accepted(outage.Takes);
            await Task.Delay(scale.Still);
        }
        while (callers.Accepted(outage.Takes) != accepted && Stopwatch.GetElapsedTime(start) < Patience);
    }

    /// <summary>Records that name a partition count where the partition lives. Without key they may go anywhere, and what the dead part swallows is missing in the sum.</summary>
    private bool Counts(int partition) => IsKeyless || !outage.Takes(partition);
}
