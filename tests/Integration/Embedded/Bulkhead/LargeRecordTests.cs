using System.Diagnostics;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded.Bulkhead;

/// <summary>Design 4.3: a large record gets its memory, although small ones could always use what is free before it is enough.</summary>
[Collection(nameof(BulkheadGroup))]
public sealed class LargeRecordTests(BulkheadTable table)
{
    private const int Partitions = 6;

    // With what it costs beside its bytes, one of these is a batch of 16 KiB.
    private const int SmallBytes = 16_000;
    private const int LargeBytes = 1 << 20;
    private static readonly TimeSpan Promised = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    [Fact]
    [Law("L15")]
    public async Task A_record_of_a_MiB_is_placed_beside_flat_out_records_of_16_KiB()
    {
        var waits = await Rounds.MedianAsync(RoundAsync, static waits => Promised / waits[waits.Count / 2], floor: 1);
        var (median, most) = (waits[waits.Count / 2], waits[^1]);
        table.Note($"{waits.Count} records of 1 MiB beside flat-out records of 16 KiB: placed within {median.TotalMilliseconds:0.0} ms (median), {most.TotalMilliseconds:0.0} ms (most).");
        Assert.InRange(median, TimeSpan.Zero, Promised);
        if (Scale.Current.IsFull)
        {
            Assert.InRange(most, TimeSpan.Zero, Promised);
        }
    }

    /// <summary>How long each large record waited, the shortest first.</summary>
    private static async Task<List<TimeSpan>> RoundAsync()
    {
        await using var kafka = await EmbeddedKafka.StartAsync(Outage.Brokers, new EmbeddedKafkaOptions { LogBytesPerPartition = 0, MaxMessageBytes = 2 * LargeBytes });
        kafka.CreateTopic(Outage.Topic, Partitions);
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, MaxRequestSize = 2 * LargeBytes, CloseTimeout = TimeSpan.Zero });
        await producer.ConnectAsync();
        var callers = new Callers(producer, Partitions, Feeding.FlatOut, Way.Push, SmallBytes);
        await Task.Delay(Scale.Current.WarmUp);

        var waits = new List<TimeSpan>();
        for (var i = 0; i < (Scale.Current.IsFull ? 200 : 30); i++)
        {
            var start = Stopwatch.GetTimestamp();
            var accepting = producer.EnqueueAsync(new Record(Outage.Topic, new byte[LargeBytes]) { Partition = i % Partitions });
            _ = await accepting;
            waits.Add(Stopwatch.GetElapsedTime(start));
            await Task.Delay(Between);
        }

        callers.Stop();
        await producer.DisposeAsync();
        await callers.Ended();
        waits.Sort();
        return waits;
    }
}
