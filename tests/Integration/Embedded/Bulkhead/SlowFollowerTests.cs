using System.Diagnostics;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded.Bulkhead;

/// <summary>
/// A follower that is slow holds up the answer for its partition, and a broker serves one request of a connection at a time: everything that goes to this leader waits. That is
/// Kafka's, not ours; ours is that nothing else waits, least of all metadata.
/// </summary>
[Collection(nameof(BulkheadGroup))]
public sealed class SlowFollowerTests(BulkheadTable table)
{
    private const int Partitions = 6;
    private const int Slow = 0;
    private const int SlowLeader = 1;
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(200);

    [Fact]
    [Law("L15")]
    public async Task It_stalls_its_leader_and_neither_other_leaders_nor_metadata()
    {
        var floor = Scale.Current.IsFull ? 0.95 : 0.75;
        var (same, others, metadata) = await Rounds.MedianAsync(RoundAsync, static round => round.Others.Ratio, floor);
        table.Note($"A follower {Delay.TotalMilliseconds:0} ms late at {Scale.Current.PacedBytes / 1e6:0} MB/s: its leader's partitions {same.Healthy:0.0} -> {same.Beside:0.0} MB/s, those of other leaders {others.Healthy:0.0} -> {others.Beside:0.0} MB/s, metadata of a new topic over the same broker {metadata.TotalMilliseconds:0.0} ms (median).");
        Assert.True(same.Ratio < 0.5, $"Its leader's partitions: {same.Healthy:0.0} -> {same.Beside:0.0} MB/s; is the follower slow at all?");
        Assert.True(others.Ratio > floor, $"Partitions of other leaders: {others.Healthy:0.0} -> {others.Beside:0.0} MB/s.");
        Assert.InRange(metadata, TimeSpan.Zero, Delay / 2);
    }

    private static async Task<(Throughput Same, Throughput Others, TimeSpan Metadata)> RoundAsync()
    {
        await using var kafka = await EmbeddedKafka.StartAsync(Outage.Brokers, new EmbeddedKafkaOptions { LogBytesPerPartition = 0, NewTopicsHaveNoLeaderYet = false });
        kafka.CreateTopic(Outage.Topic, Partitions);

        // The control connection is made to the slow leader: if it were the other one's, that it is not held up would say nothing.
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = [kafka.BootstrapServers[SlowLeader - 1]], CloseTimeout = TimeSpan.Zero });
        await producer.ConnectAsync();
        var callers = new Callers(producer, Partitions, Feeding.Paced, Way.Push, pacedBytes: Scale.Current.PacedBytes);
        var meter = new Meter(kafka, Partitions, Callers.RecordBytes);
        await Task.Delay(Scale.Current.WarmUp);
        await producer.FlushAsync();
        var healthy = await MeasureAsync(kafka, meter);

        kafka.Faults.On(ApiKey.Produce).Topic(Outage.Topic).Partition(Slow).DelayResponse(Delay);
        await Task.Delay(Scale.Current.WarmUp);
        var beside = await MeasureAsync(kafka, meter);
        var metadata = new List<TimeSpan>();
        for (var i = 0; i < 20; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await producer.GetPartitionsAsync($"new-{i}");
            metadata.Add(Stopwatch.GetElapsedTime(start));
        }

        callers.Stop();
        await producer.DisposeAsync();
        await callers.Ended();
        metadata.Sort();
        return (new(healthy.Same, beside.Same), new(healthy.Others, beside.Others), metadata[metadata.Count / 2]);
    }

    private static async Task<(double Same, double Others)> MeasureAsync(EmbeddedKafka kafka, Meter meter)
    {
        var same = meter.MegabytesAsync(partition => kafka.Leader(Outage.Topic, partition) == SlowLeader, Scale.Current.Window);
        var others = meter.MegabytesAsync(partition => kafka.Leader(Outage.Topic, partition) != SlowLeader, Scale.Current.Window);
        return (await same, await others);
    }
}
