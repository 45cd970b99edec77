using System.Globalization;
using System.Reactive.Subjects;
using Rx.Kafka.Testing;
using Xunit.Abstractions;

namespace Rx.Kafka.Properties.Allocation;

/// <summary>V7 for sinks and operators: once warm, nothing is allocated per record or element.</summary>
[Collection(Alone.Name)]
public sealed class SinkSteadyStateTests(ITestOutputHelper output)
{
    private const int WarmUp = 1_000_000;
    private const int Measured = 4_000_000;

    /// <summary>
    /// An object for each record is 24 B at least. Who is faster than the brokers stands in line about once for each batch of 150 records,
    /// which is an object or two: 1 B a record.
    /// </summary>
    private const double MostBytesPerRecord = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static Record TheRecord { get; } = new("t", new byte[100]);

    private static string TheElement { get; } = "element";

    [Fact]
    public Task Pushing_into_a_sink_of_its_own() => MeasureAsync(async (producer, count) =>
    {
        await using var sink = producer.OpenSink();
        using var subscription = sink.Subscribe(count);
        Times(WarmUp, () => sink.OnNext(TheRecord));
        count.Begin();
        Times(Measured, () => sink.OnNext(TheRecord));
        count.End();
        sink.OnCompleted();
        await sink.Completion.WaitAsync(Patience);
    });

    [Fact]
    public Task Writing_into_a_sinks_channel() => MeasureAsync(async (producer, count) =>
    {
        await using var sink = producer.OpenSink();
        using var subscription = sink.Subscribe(count);
        await WriteAsync(sink, WarmUp);
        count.Begin();
        await WriteAsync(sink, Measured);
        count.End();
        sink.OnCompleted();
        await sink.Completion.WaitAsync(Patience);

        static async Task WriteAsync(ProducerSink sink, int records)
        {
            for (var i = 0; i < records; i++)
            {
                await sink.Writer.WriteAsync(TheRecord);
            }
        }
    });

    [Fact]
    public Task Delivering_an_observables_elements() => MeasureAsync(async (producer, count) =>
    {
        using var source = new Subject<string>();
        using var subscription = source.DeliverTo(producer, static _ => TheRecord).Subscribe(count);
        Times(WarmUp, () => source.OnNext(TheElement));
        count.Begin();
        Times(Measured, () => source.OnNext(TheElement));
        count.End();
        source.OnCompleted();
        await count.Ended.WaitAsync(Patience);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Delivering_an_async_enumerables_elements(bool preserveSourceOrder) => MeasureAsync(async (producer, count) =>
    {
        await foreach (var delivery in Elements().DeliverTo(producer, static _ => TheRecord, preserveSourceOrder))
        {
            count.OnNext(delivery);
            if (count.Seen == WarmUp)
            {
                count.Begin();
            }
        }

        count.End();
    });

    private static async IAsyncEnumerable<string> Elements()
    {
        await Task.CompletedTask;
        for (var i = 0; i < WarmUp + Measured; i++)
        {
            yield return TheElement;
        }
    }

    private static void Times(int count, Action send)
    {
        for (var i = 0; i < count; i++)
        {
            send();
        }
    }

    private async Task MeasureAsync(Func<KafkaProducer, Count, Task> run)
    {
        var brokers = new AnsweringTransport();
        brokers.CreateTopic("t", 4);
        await using var producer = new KafkaProducer(
            new KafkaProducerOptions { BootstrapServers = brokers.BootstrapServers, Transport = brokers, BufferMemory = 4 * 1024 * 1024 });
        var count = new Count();
        await run(producer, count);
        Assert.Equal(WarmUp + Measured, brokers.Records);
        Assert.Equal(WarmUp + Measured, count.Seen);
        var perRecord = (double)count.Allocated / Measured;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{perRecord:0.000} B per record"));
        Assert.True(perRecord <= MostBytesPerRecord, string.Create(
            CultureInfo.InvariantCulture, $"{perRecord:0.00} B per record, {count.Allocated} B for {Measured} records; the limit is {MostBytesPerRecord}."));
    }

    /// <summary>Counts outcomes, and what the process allocates.</summary>
    private sealed class Count : IObserver<Delivery<Record>>, IObserver<Delivery<string>>
    {
        private readonly TaskCompletionSource _ended = new();
        private long _before;

        public long Seen { get; private set; }

        public long Allocated { get; private set; }

        public Task Ended => _ended.Task;

        public void Begin() => _before = GC.GetTotalAllocatedBytes(precise: true);

        public void End() => Allocated = GC.GetTotalAllocatedBytes(precise: true) - _before;

        public void OnNext(Delivery<Record> value) => Seen += value.Succeeded ? 1 : 0;

        public void OnNext(Delivery<string> value) => Seen += value.Succeeded && ReferenceEquals(value.State, TheElement) ? 1 : 0;

        public void OnError(Exception error) => _ended.TrySetException(error);

        public void OnCompleted() => _ended.TrySetResult();
    }
}
