using System.Reactive.Subjects;
using System.Runtime.CompilerServices;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded;

/// <content>Sinks and operators, whose sources live on.</content>
public sealed partial class NothingLeftTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_disposed_producer_leaves_nothing_of_sinks_and_operators(bool sourcesEnd)
    {
        var threads = Threads();
        var timers = new CountedTimers(TimeProvider.System);
        var traces = new List<(string What, WeakReference Trace)>();
        using var source = new Subject<object>();
        await using (var kafka = await EmbeddedKafka.StartAsync())
        {
            kafka.CreateTopic("t", 2);
            await UseSinksAsync(kafka, new ProducerRuntime(), source, sourcesEnd, traces);
            await UseSinksAsync(kafka, new ProducerRuntime { Time = timers }, source, sourcesEnd, traces);
        }

        Assert.True(timers.Made > 0);
        await Eventually.TrueAsync(() => timers.Timers == 0);
        Assert.False(source.HasObservers);
        await Eventually.TrueAsync(() => Threads() <= threads);
        await Eventually.TrueAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return traces.TrueForAll(static t => !t.Trace.IsAlive);
            },
            () => "Still reachable: " + string.Join(", ", traces.Where(static t => t.Trace.IsAlive).Select(static t => t.What).Distinct()));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task UseSinksAsync(
        EmbeddedKafka kafka, ProducerRuntime runtime, Subject<object> source, bool sourcesEnd, List<(string What, WeakReference Trace)> traces)
    {
        T Traced<T>(string what, T traced)
            where T : class
        {
            lock (traces)
            {
                traces.Add((what, new WeakReference(traced)));
            }

            return traced;
        }

        Watcher<Delivery<T>> Observer<T>(string what) => Traced("an observer of " + what, new Watcher<Delivery<T>>());

        var producer = Traced("the producer", new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, Runtime = runtime }));
        var sink = Traced("a sink", producer.OpenSink());
        var halting = Traced("a halting sink", producer.OpenSink(OnFailure.Halt));
        var typed = Traced("a typed sink", new Topic<object>("t", KafkaSerializers.Create<object>(static (_, _) => { })).SinkOf(producer));
        sink.Subscribe(Observer<Record>("a sink"));
        halting.Subscribe(Observer<Record>("a halting sink"));
        typed.Subscribe(Observer<object>("a typed sink"));

        // As long as its source has not ended, nobody disposes the subscription of an operator.
        using var ended = new Subject<object>();
        IObservable<object> elements = sourcesEnd ? ended : source;
        elements.DeliverTo(producer, static _ => new Record("t", "v")).Subscribe(Observer<object>("DeliverTo"));
        elements.DeliverTo(producer, static _ => [new Record("t", "v"), new Record("t", "w")]).Subscribe(Observer<object>("DeliverTo, many"));
        var pulled = new[] { true, false }.Select(inOrder => (InOrder: inOrder, Source: Traced("a source", new EndlessSource(sourcesEnd)))).ToArray();
        var pulling = pulled.Select(pull => PullAsync(pull.Source, producer, pull.InOrder, traces)).ToArray();
        for (var i = 0; i < 100; i++)
        {
            sink.OnNext(new Record("t", Traced("a value", new byte[100])));
            await halting.Writer.WriteAsync(new Record("t", Traced("a value", new byte[100])));
            typed.OnNext(Traced("a typed value", new object()));
            (sourcesEnd ? ended : source).OnNext(Traced("an element", new object()));
        }

        using (await producer.SendAllAsync([new Record("t", Traced("a value", new byte[100]))]))
        {
            ended.OnCompleted();
        }

        await Task.WhenAll(pulled.Select(static pull => pull.Source.Emptied)).WaitAsync(Late);
        await producer.DisposeAsync().AsTask().WaitAsync(Late);
        await Task.WhenAll(pulling).WaitAsync(Late);
    }

    private static async Task PullAsync(EndlessSource source, KafkaProducer producer, bool inOrder, List<(string What, WeakReference Trace)> traces)
    {
        var told = 0;
        try
        {
            await foreach (var delivery in source.Elements().DeliverTo(producer, static _ => new Record("t", "v"), inOrder))
            {
                lock (source)
                {
                    source.Told.Add(new WeakReference(delivery.State));
                }

                told++;
            }
        }
        catch (ObjectDisposedException)
        {
            // The producer was disposed before the source had ended.
        }

        Assert.Equal(EndlessSource.Count, told);
        lock (traces)
        {
            traces.AddRange(source.Told.Select(static trace => ("a pulled element", trace)));
        }
    }

    /// <summary>Brings some, and then ends or says nothing any more.</summary>
    private sealed class EndlessSource(bool ends)
    {
        public const int Count = 100;

        private readonly TaskCompletionSource _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<WeakReference> Told { get; } = [];

        /// <summary>When it is asked for one more than there are.</summary>
        public Task Emptied => _emptied.Task;

        public async IAsyncEnumerable<object> Elements([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            for (var i = 0; i < Count; i++)
            {
                await Task.Yield();
                yield return new object();
            }

            _emptied.SetResult();
            if (!ends)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
        }
    }
}
