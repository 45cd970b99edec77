using System.Globalization;
using Rx.Kafka.Properties.Concurrency;
using Rx.Kafka.Testing;
using Xunit.Abstractions;

namespace Rx.Kafka.Properties.Allocation;

/// <summary>V7: once warm, nothing is allocated per record. Everything the process allocates counts, the answering brokers' part too; they allocate nothing once warm.</summary>
[Collection(Alone.Name)]
public sealed class SteadyStateTests(ITestOutputHelper output)
{
    private const int WarmUp = 1_000_000;
    private const int Measured = 4_000_000;

    // Small, so that the warm-up fills it: chunks are made once and kept.
    private const int BufferMemory = 4 * 1024 * 1024;
    private const double MostBytesPerRecord = 2;
    private const int MostWindows = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public Task Pushing_with_Acks_subscribed_allocates_nothing_per_record() => PushAsync(static (producer, seen) => producer.Acks.Subscribe(new Counter<RecordMetadata>(seen)));

    [Fact]
    public Task Pushing_with_Deliveries_subscribed_allocates_nothing_per_record() => PushAsync(static (producer, seen) => producer.Deliveries.Subscribe(new Counter<Delivery<Record>>(seen)));

    [Fact]
    public Task Pushing_with_nobody_subscribed_allocates_nothing_per_record() => PushAsync(static (_, _) => null);

    [Fact]
    public async Task Awaiting_SendAsync_with_10_000_outstanding_allocates_nothing_per_record()
    {
        var brokers = Brokers();
        await using var producer = Producer(brokers);
        var outstanding = new ValueTask<RecordMetadata>[10_000];
        for (var i = 0; i < outstanding.Length; i++)
        {
            outstanding[i] = producer.SendAsync(TheRecord);
        }

        var sum = await Roll(producer, outstanding, WarmUp);
        var windows = await JudgeAsync(async () => sum += await Roll(producer, outstanding, Measured));
        foreach (var last in outstanding)
        {
            sum += (await last).Partition;
        }

        Assert.True(sum > 0);
        Assert.Equal(WarmUp + (windows * Measured) + outstanding.Length, brokers.Records);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SendAllAsync_of_10_000_records_allocates_nothing_per_record(bool isSpan)
    {
        var brokers = Brokers();
        await using var producer = Producer(brokers);
        var records = new Record[10_000];
        Array.Fill(records, TheRecord);
        // Each call is one pass of code that the compiler improves only after many.
        const int LongWarmUp = 4 * WarmUp;
        await SendAll(LongWarmUp);
        var windows = await JudgeAsync(() => SendAll(Measured), mostPerRecord: 1);
        Assert.Equal(LongWarmUp + (windows * Measured), brokers.Records);

        async Task SendAll(int count)
        {
            for (var sent = 0; sent < count; sent += records.Length)
            {
                using var results = await (isSpan ? producer.SendAllAsync(records) : producer.SendAllAsync(records.AsEnumerable()));
                results.ThrowIfFailed();
            }
        }
    }

    private static Record TheRecord { get; } = new("t", new byte[100]);

    private static AnsweringTransport Brokers()
    {
        var brokers = new AnsweringTransport();
        brokers.CreateTopic("t", 4);
        return brokers;
    }

    private static KafkaProducer Producer(AnsweringTransport brokers) => new(new KafkaProducerOptions { BootstrapServers = brokers.BootstrapServers, Transport = brokers, BufferMemory = BufferMemory });

    /// <summary>Awaits the oldest, sends the next in its place.</summary>
    private static async Task<long> Roll(KafkaProducer producer, ValueTask<RecordMetadata>[] outstanding, int count)
    {
        var sum = 0L;
        for (int i = 0, at = 0; i < count; i++)
        {
            sum += (await outstanding[at]).Partition;
            outstanding[at] = producer.SendAsync(TheRecord);
            at = at + 1 == outstanding.Length ? 0 : at + 1;
        }

        return sum;
    }

    private async Task PushAsync(Func<KafkaProducer, Tally, IDisposable?> subscribe)
    {
        var brokers = Brokers();
        await using var producer = Producer(brokers);
        var seen = new Tally();
        using var subscription = subscribe(producer, seen);

        Push(producer, WarmUp);
        var windows = await JudgeAsync(() =>
        {
            Push(producer, Measured);
            return Task.CompletedTask;
        });

        producer.OnCompleted();
        await producer.Completion.WaitAsync(Patience);
        Assert.Equal(WarmUp + (windows * Measured), brokers.Records);
        Assert.Equal(subscription is null ? 0 : WarmUp + (windows * Measured), seen.Count);
    }

    private static void Push(KafkaProducer producer, int count)
    {
        for (var i = 0; i < count; i++)
        {
            producer.OnNext(TheRecord);
        }
    }

    /// <summary>On a busy machine now and then many records stand in line; what each record costs shows in all windows.</summary>
    /// <returns>How many windows were measured.</returns>
    private async Task<int> JudgeAsync(Func<Task> window, double mostPerRecord = MostBytesPerRecord)
    {
        var (windows, perRecord) = (0, double.MaxValue);
        for (; windows < MostWindows && perRecord >= mostPerRecord; windows++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await window();
            perRecord = Math.Min(perRecord, (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / Measured);
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{perRecord:0.000} B per record"));
        Assert.True(perRecord < mostPerRecord, string.Create(CultureInfo.InvariantCulture, $"{perRecord:0.00} B per record in the best of {windows} windows of {Measured} records; the limit is {mostPerRecord} B per record."));
        return windows;
    }

    private sealed class Tally
    {
        public long Count;
    }

    private sealed class Counter<T>(Tally seen) : IObserver<T>
    {
        public void OnNext(T value) => seen.Count++;

        public void OnError(Exception error) => Assert.Fail(error.Message);

        public void OnCompleted()
        {
        }
    }
}
