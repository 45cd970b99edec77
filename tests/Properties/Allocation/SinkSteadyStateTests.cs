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
    private const int MostWindows = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static Record TheRecord { get; } = new("t", new byte[100]);

    private static string TheElement { get; } = "element";

    [Fact]
    public Task Pushing_into_a_sink_of_its_own() => MeasureAsync(async (producer, count) =>
    {
        await using var sink = producer.OpenSink();
        using var subscription = sink.Subscribe(count);
        Times(WarmUp, () => sink.OnNext(TheRecord));
        while (count.TryBegin())
        {
            Times(Measured, () => sink.OnNext(TheRecord));
            count.End();
        }

        sink.OnCompleted();
        await sink.Completion.WaitAsync(Patience);
    });

    [Fact]
    public Task Writing_into_a_sinks_channel() => MeasureAsync(async (producer, count) =>
    {
        await using var sink = producer.OpenSink();
        using var subscription = sink.Subscribe(count);
        await WriteAsync(sink, WarmUp);
        while (count.TryBegin())
        {
            await WriteAsync(sink, Measured);
            count.End();
        }

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
        while (count.TryBegin())
        {
            Times(Measured, () => source.OnNext(TheElement));
            count.End();
        }

        source.OnCompleted();
        await count.Ended.WaitAsync(Patience);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Delivering_an_async_enumerables_elements(bool preserveSourceOrder) => MeasureAsync(async (producer, count) =>
    {
        await foreach (var delivery in Elements(count).DeliverTo(producer, static _ => TheRecord, preserveSourceOrder))
        {
            count.OnNext(delivery);
        }
    });

    private static async IAsyncEnumerable<string> Elements(Count count)
    {
        await Task.CompletedTask;
        for (var i = 0; i < WarmUp; i++)
        {
            yield return TheElement;
        }

        while (count.TryBegin())
        {
            for (var i = 0; i < Measured; i++)
            {
                yield return TheElement;
            }

            count.End();
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
        var records = WarmUp + (count.Windows * Measured);
        Assert.Equal(records, brokers.Records);
        Assert.Equal(records, count.Seen);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count.PerRecord:0.000} B per record"));
        Assert.True(count.PerRecord <= MostBytesPerRecord, string.Create(
            CultureInfo.InvariantCulture,
            $"{count.PerRecord:0.00} B per record in the best of {count.Windows} windows of {Measured} records; the limit is {MostBytesPerRecord}."));
    }

    /// <summary>
    /// Counts outcomes, and what the process allocates in a window of records. On a busy machine now and then many records stand in line;
    /// what each record costs shows in all windows.
    /// </summary>
    private sealed class Count : IObserver<Delivery<Record>>, IObserver<Delivery<string>>
    {
        private readonly TaskCompletionSource _ended = new();
        private long _before;

        public long Seen { get; private set; }

        /// <summary>How many windows were measured.</summary>
        public int Windows { get; private set; }

        /// <summary>In the best of them.</summary>
        public double PerRecord { get; private set; } = double.MaxValue;

        public Task Ended => _ended.Task;

        /// <summary>Begins a window, if another is needed.</summary>
        public bool TryBegin()
        {
            _before = GC.GetTotalAllocatedBytes(precise: true);
            return Windows < MostWindows && PerRecord > MostBytesPerRecord;
        }

        public void End()
        {
            Windows++;
            PerRecord = Math.Min(PerRecord, (double)(GC.GetTotalAllocatedBytes(precise: true) - _before) / Measured);
        }

        public void OnNext(Delivery<Record> value) => Seen += value.Succeeded ? 1 : 0;

        public void OnNext(Delivery<string> value) => Seen += value.Succeeded && ReferenceEquals(value.State, TheElement) ? 1 : 0;

        public void OnError(Exception error) => _ended.TrySetException(error);

        public void OnCompleted() => _ended.TrySetResult();
    }
}
