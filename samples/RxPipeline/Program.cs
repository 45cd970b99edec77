using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using System.Text.Json.Serialization;
using Rx.Kafka;
using Rx.Kafka.Testing;

// One stream of page views has three uses: each view is published; Rx sums them up per page and window, and the sums are published; what
// cannot be sent becomes a dead letter.

if (args is not ([] or ["--bootstrap", { Length: > 0 }]))
{
    Console.Error.WriteLine("usage: RxPipeline [--bootstrap HOST:PORT,...]     without it: three embedded brokers");
    return 2;
}

try
{
    await using var embedded = args.Length == 0 ? await EmbeddedKafka.StartAsync(brokers: 3, new() { DefaultPartitions = 6 }) : null;
    await using var producer = new KafkaProducer(new() { BootstrapServers = embedded?.BootstrapServers ?? args[1].Split(',') });
    await producer.ConnectAsync();

    // The source waits while the producer has no room, so it has a thread of its own. It starts at Connect, when all listen.
    using var thread = new EventLoopScheduler();
    var views = Views(seed: 1, thread).Publish();
    var offered = views.Count().ToTask();

    // Each view as it comes, with its user as the key. An outcome has the very view.
    await using var sink = Topics.Views.SinkOf(producer, static view => view.User);
    var published = sink.Succeeded().Count().ToTask();

    // The failures among those outcomes are a stream like any other, so they can be sent, too.
    var letters = sink.Failed()
        .DeliverTo(producer, static failure => Topics.DeadLetters.Record(failure.State.User, $"{failure.State}: {failure.Error.Message}"))
        .ToList().ToTask();

    // Views of each page in each window: window, groups and sums are Rx alone.
    var sums =
        from window in views.Where(static view => double.IsFinite(view.LoadMs)).Window(TimeSpan.FromMilliseconds(250))
        from page in window.GroupBy(static view => view.Page)
        from sum in page.Aggregate(new PageSum(page.Key, 0, 0), static (sum, view) => sum.Plus(view))
        select sum;
    var summed = sums.DeliverTo(producer, static sum => Topics.Sums.Record(sum.Page, sum)).ToList().ToTask();

    using var publishing = views.Subscribe(sink);
    using var running = views.Connect();
    return Report(await offered, await published, await letters, await summed);
}
catch (Exception fault) when (fault is KafkaException or ArgumentException)
{
    Console.Error.WriteLine(fault.Message);
    return 1;
}

// 400 views every 20 ms. About one in a hundred has a time that JSON cannot express.
static IObservable<PageView> Views(int seed, IScheduler scheduler)
{
    var random = new Random(seed);
    return Observable
        .Generate(0, static tick => tick < 50, static tick => tick + 1, _ => Burst(), static _ => TimeSpan.FromMilliseconds(20), scheduler)
        .SelectMany(static burst => burst);

    IEnumerable<PageView> Burst() => Enumerable.Range(0, 400).Select(_ => new PageView(
        $"user-{random.Next(1000)}", $"/products/{random.Next(20)}", random.Next(100) == 0 ? double.NaN : random.Next(20, 500)));
}

static int Report(int offered, int published, IList<Delivery<FailedDelivery<PageView>>> letters, IList<Delivery<PageSum>> sums)
{
    var viewsInSums = sums.Sum(static sum => sum.State.Views);
    var slowest = sums.GroupBy(static sum => sum.State.Page, static sum => sum.State).MaxBy(MeanMs);
    Console.WriteLine($"{offered:N0} views: {published:N0} published, {letters.Count:N0} became dead letters");
    Console.WriteLine($"{sums.Count:N0} sums of {viewsInSums:N0} views published; the slowest page: {slowest?.Key}");
    foreach (var letter in letters.Take(1))
    {
        Console.WriteLine($"the first dead letter: {letter.State.State}: {letter.State.Error.Message}");
    }

    var allSent = letters.All(static letter => letter.Succeeded) && sums.All(static sum => sum.Succeeded);
    return allSent && published + letters.Count == offered && viewsInSums == published ? 0 : 1;
}

static double MeanMs(IEnumerable<PageSum> sums) => sums.Sum(static sum => sum.LoadMs) / sums.Sum(static sum => sum.Views);

// A topic is a name and two serializers, told once.
internal static class Topics
{
    public static readonly Topic<string, PageView> Views =
        new("page-views", KafkaSerializers.Utf8, KafkaSerializers.Json(PageJson.Default.PageView));

    public static readonly Topic<string, PageSum> Sums =
        new("page-sums", KafkaSerializers.Utf8, KafkaSerializers.Json(PageJson.Default.PageSum));

    public static readonly Topic<string, string> DeadLetters = new("dead-letters", KafkaSerializers.Utf8, KafkaSerializers.Utf8);
}

internal sealed record PageView(string User, string Page, double LoadMs);

internal sealed record PageSum(string Page, long Views, double LoadMs)
{
    public PageSum Plus(PageView view) => this with { Views = Views + 1, LoadMs = LoadMs + view.LoadMs };
}

[JsonSerializable(typeof(PageView))]
[JsonSerializable(typeof(PageSum))]
internal sealed partial class PageJson : JsonSerializerContext;
