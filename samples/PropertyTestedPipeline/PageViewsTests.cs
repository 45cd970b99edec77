using System.Reactive.Concurrency;
using System.Reactive.Linq;
using FsCheck.Xunit;
using Rx.Kafka;
using Rx.Kafka.Testing;
using Xunit;
using Record = Rx.Kafka.Record; // xunit has a Record too

namespace PropertyTestedPipeline;

// The pipeline: how often each page was viewed, second by second. In your application it is a file of its own.
public static class PageViews
{
    public static readonly Topic<string, long> Topic = new("page-views", KafkaSerializers.Utf8, KafkaSerializers.Int64);

    // The scheduler is a parameter: what takes its time from outside can be tested without waiting. A count has the time at which its
    // window began: a stream may end at the very moment at which a window does, and then two windows end at once.
    public static IObservable<Record> CountEach(this IObservable<string> pages, TimeSpan window, IScheduler scheduler) =>
        from views in pages.Window(window, scheduler)
        let began = scheduler.Now
        from page in views.GroupBy(static name => name)
        from count in page.LongCount()
        select Topic.Record(page.Key, count, timestamp: began);
}

// Its properties: FsCheck makes the streams and the trouble, and shrinks what fails. Each case is minutes of virtual time on real brokers'
// code, in a few milliseconds; a seed gives the same run again.
public sealed class PageViewsTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    [Property(MaxTest = 50)]
    public void Each_view_is_counted_once_whatever_the_network_does(View[] views, Trouble trouble, int seed)
    {
        var log = Run(views, trouble, seed);
        var counted = log.GroupBy(static record => record.KeyText!).ToDictionary(static page => page.Key, static page => page.Sum(Count));
        Assert.Equal(views.GroupBy(static view => view.Name).ToDictionary(static page => page.Key, static page => page.LongCount()), counted);
    }

    [Property(MaxTest = 50)]
    public void The_counts_of_a_page_stand_in_the_order_of_their_windows_one_for_each(View[] views, Trouble trouble, int seed)
    {
        foreach (var page in Run(views, trouble, seed).GroupBy(static record => record.KeyText))
        {
            var windows = page.Select(static record => record.Timestamp).ToList();
            Assert.Equal(windows.Distinct().Order(), windows);
            Assert.Single(page.DistinctBy(static record => record.Partition));
            Assert.All(page, static record => Assert.True(Count(record) > 0));
        }
    }

    private static long Count(LogRecord record) => System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(record.Value!.Value.Span);

    private static IReadOnlyList<LogRecord> Run(View[] views, Trouble trouble, int seed)
    {
        using var simulation = new Simulation(seed) { LooksForEscapes = false };
        var kafka = simulation.StartKafka(brokers: 3);
        kafka.CreateTopic(PageViews.Topic.Name, partitions: 4);
        trouble.Plan(kafka.Faults);
        simulation.Run(async () =>
        {
            await using var producer = new KafkaProducer(new KafkaProducerOptions
            {
                BootstrapServers = kafka.BootstrapServers,
                Runtime = simulation.Runtime,
                Transport = simulation.Network,
            });
            using var publishing = Stream(views, simulation.RxScheduler).CountEach(Window, simulation.RxScheduler).Subscribe(producer);
            await producer.Completion; // every record has its outcome
        });
        return kafka.ReadLog(PageViews.Topic.Name);
    }

    private static IObservable<string> Stream(View[] views, IScheduler scheduler) => Observable.Generate(
        0, i => i < views.Length, static i => i + 1, i => views[i].Name, i => TimeSpan.FromMilliseconds(views[i].AfterMs), scheduler);

    // FsCheck makes and shrinks these by itself: records of bytes, so that pages repeat and pauses are about as long as windows.
    public sealed record View(byte Page, byte Pause)
    {
        public string Name => $"/page/{Page % 7}";

        public int AfterMs => Pause * 10;
    }

    public sealed record Trouble(byte CutsBeforeAppend, byte CutsAfterAppend, byte LeadersGone, byte LostAnswers)
    {
        public void Plan(Faults faults)
        {
            faults.On(ApiKey.Produce).Times(1 + (CutsBeforeAppend % 3)).CutConnection(afterAppend: false);
            faults.On(ApiKey.Produce).Times(1 + (CutsAfterAppend % 3)).CutConnection(afterAppend: true); // the copy must not count twice
            faults.On(ApiKey.Produce).Times(1 + (LeadersGone % 3)).Fail(6); // NOT_LEADER_OR_FOLLOWER
            faults.On(ApiKey.Produce).Times(1 + (LostAnswers % 2)).DropResponse();
        }
    }
}
