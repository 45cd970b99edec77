// A web shop whose orders go to Kafka through an Rx pipeline, and a page that shows acks and gates live.
//
//   dotnet run --project samples/LiveWeb                                        brokers inside the process
//   dotnet run --project samples/LiveWeb -- --ConnectionStrings:messaging=HOST:9092        a real cluster
//
// /metrics is for Prometheus (docs/dashboard.md), /health for whoever starts it; with OTEL_EXPORTER_OTLP_ENDPOINT traces go there.
using System.Net.ServerSentEvents;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Rx.Kafka;
using Rx.Kafka.Testing;

// The page lies beside the program, wherever it is started from.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
EmbeddedKafka? embedded = null;
if (builder.Configuration.GetConnectionString("messaging") is null)
{
    embedded = await EmbeddedKafka.StartAsync(brokers: 3);
    embedded.CreateTopic("orders", partitions: 6);
    embedded.CreateTopic("turnover");
    builder.Configuration["ConnectionStrings:messaging"] = string.Join(',', embedded.BootstrapServers);
}

builder.AddRxKafkaProducer("messaging");
builder.Services.AddOpenTelemetry()
    .WithMetrics(static metrics => metrics.AddAspNetCoreInstrumentation().AddPrometheusExporter())
    .WithTracing(static traces => traces.AddAspNetCoreInstrumentation());
if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not null)
{
    builder.Services.AddOpenTelemetry().UseOtlpExporter();
}

builder.Services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ShopJson.Default));
builder.Services.AddSingleton(TimeProvider.System).AddSingleton<Shop>().AddSingleton<LiveView>();
builder.Services.AddKafkaPipeline(
    static services => services.GetRequiredService<Shop>().Records,
    new KafkaPipelineOptions { Name = "shop", Outcomes = static services => services.GetRequiredService<LiveView>() });

var app = builder.Build();
app.UseDefaultFiles().UseStaticFiles();
app.MapHealthChecks("/health");
app.MapPrometheusScrapingEndpoint();

// One order: it joins the stream. The answer does not wait for Kafka; the page shows the ack.
app.MapPost("/orders", static (Order order, Shop shop) =>
{
    shop.Take(order);
    return Results.Accepted();
});

// One order whose place on the log the customer gets.
app.MapPost("/orders/now", static async (Order order, KafkaProducer producer) =>
{
    var stored = await producer.SendAsync(Shop.Orders, order.Product, order);
    return Results.Ok(new Receipt(stored.Partition, stored.Offset));
});
app.MapGet("/live", static (LiveView view, CancellationToken gone) => TypedResults.ServerSentEvents(view.ReadAsync(gone)));
app.MapPost("/rate/{perSecond:int:range(0,50000)}", static (int perSecond, Shop shop) => shop.Rate.OnNext(perSecond));

// Trouble at a click, on brokers of our own.
app.MapPost("/slow/{milliseconds:int:range(0,5000)}", (int milliseconds) =>
{
    embedded?.Faults.Clear();
    if (milliseconds > 0)
    {
        embedded?.Faults.On(ApiKey.Produce).Delay(TimeSpan.FromMilliseconds(milliseconds));
    }

    return embedded is null ? Results.Conflict("Only brokers inside the process can be slowed.") : Results.NoContent();
});

await app.RunAsync();
if (embedded is not null)
{
    await embedded.DisposeAsync();
}

/// <summary>What a customer orders.</summary>
internal sealed record Order(string Product, int Quantity, decimal Price);

/// <summary>Where an order stands on the log.</summary>
internal sealed record Receipt(int Partition, long Offset);

/// <summary>What the page shows, twice a second.</summary>
internal sealed record Snapshot(
    long Acknowledged, long Failed, double Milliseconds, long BufferUsed, long BufferMemory, int Waiting, int Undecided, int InFlight,
    double OldestSeconds, long Unobserved, IReadOnlyList<BrokerView> Brokers, string? Error);

/// <summary>A broker on the page.</summary>
internal sealed record BrokerView(string EndPoint, bool IsConnected, int InFlight);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(Snapshot))]
internal sealed partial class ShopJson : JsonSerializerContext;

/// <summary>The orders as a stream, and what becomes records of it.</summary>
internal sealed class Shop : IDisposable
{
    public static readonly Topic<string, Order> Orders = new("orders", KafkaSerializers.Utf8!, KafkaSerializers.Json(ShopJson.Default.Order));

    private static readonly string[] Products = ["tea", "coffee", "cocoa", "milk", "sugar"];

    private readonly Subject<Order> _taken = new();

    /// <summary>Made-up orders a second, besides those of customers.</summary>
    public BehaviorSubject<int> Rate { get; } = new(0);

    /// <summary>Each order, and each second's turnover by product.</summary>
    public IObservable<Record> Records
    {
        get
        {
            var madeUp = Rate.Select(static rate => rate == 0 ? Observable.Never<Order>() : MadeUp(rate)).Switch();
            var orders = _taken.Merge(madeUp).Publish().RefCount();
            var turnover = orders
                .Buffer(TimeSpan.FromSeconds(1))
                .SelectMany(static second => second.GroupBy(static order => order.Product))
                .Select(static product => new Record("turnover", key: product.Key, value: $"{product.Sum(static order => order.Price * order.Quantity)}"));
            return orders.Select(static order => Orders.Record(order.Product, order)).Merge(turnover);
        }
    }

    /// <summary>A customer's order. Requests come on many threads, a subject takes one at a time.</summary>
    public void Take(Order order)
    {
        lock (_taken)
        {
            _taken.OnNext(order);
        }
    }

    public void Dispose()
    {
        _taken.Dispose();
        Rate.Dispose();
    }

    private static IObservable<Order> MadeUp(int rate) => Observable
        .Interval(TimeSpan.FromMilliseconds(20))
        .SelectMany(_ => Enumerable.Range(0, Math.Max(1, rate / 50)))
        .Select(static i => new Order(Products[i % Products.Length], 1 + (i % 3), 2.50m));
}

/// <summary>Hears every outcome, and tells whoever looks.</summary>
internal sealed class LiveView(KafkaProducer producer, TimeProvider time) : IObserver<Delivery<Record>>
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    private long _acknowledged;
    private long _failed;
    private double _milliseconds;
    private string? _error;

    public void OnNext(Delivery<Record> value)
    {
        if (value.Succeeded)
        {
            _acknowledged++;
            _milliseconds = (time.GetUtcNow() - value.Metadata.Timestamp).TotalMilliseconds;
        }
        else
        {
            _failed++;
            _error = value.Error.Message;
        }
    }

    public void OnError(Exception error) => _error = error.Message;

    public void OnCompleted()
    {
    }

    public async IAsyncEnumerable<SseItem<Snapshot>> ReadAsync([EnumeratorCancellation] CancellationToken gone)
    {
        using var timer = new PeriodicTimer(Pace, time);
        do
        {
            yield return new SseItem<Snapshot>(Look());
        }
        while (await timer.WaitForNextTickAsync(gone));
    }

    private Snapshot Look()
    {
        var status = producer.GetStatus();
        return new Snapshot(
            _acknowledged, _failed, _milliseconds, status.BufferUsed, status.BufferMemory, status.WaitingRecords, status.UndecidedBatches,
            status.Brokers.Sum(static broker => broker.RequestsInFlight), status.OldestRecordAge.TotalSeconds, status.UnobservedDeliveries,
            [.. status.Brokers.Select(static broker => new BrokerView(broker.EndPoint, broker.IsConnected, broker.RequestsInFlight))], _error);
    }
}
