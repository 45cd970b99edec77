using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Rx.Kafka.Integration.Embedded;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Telemetry;

/// <summary>What OpenTelemetry's SDK exports of a producer, in a web application on embedded brokers.</summary>
public sealed class OpenTelemetryTests
{
    private const string Client = "opentelemetry-tests";

    [Fact]
    public async Task A_web_request_its_batch_and_who_reads_the_record_are_one_trace()
    {
        using var spans = new EndedSpans();
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("orders");
        await using var app = await StartAsync(kafka, services => services.AddOpenTelemetry().WithTracing(traces =>
            traces.AddAspNetCoreInstrumentation().AddProcessor(spans)));
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        await http.PostAsync("/orders", content: null);

        // A batch is told after its outcome, on the scheduler.
        var request = await Until(() => spans.Find(static span => span.Kind == ActivityKind.Server));
        var send = await Until(() => spans.Find(span => span.DisplayName == "send orders" && span.TraceId == request.TraceId));
        Assert.Equal(request.SpanId, send.ParentSpanId);

        var parent = Assert.Single(kafka.ReadLog("orders", 0)).Headers.Last("traceparent")!.Value.Value!.Value;
        Assert.True(ActivityContext.TryParse(Encoding.ASCII.GetString(parent.Span), null, isRemote: true, out var read));
        Assert.Equal(request.TraceId, read.TraceId);
    }

    [Fact]
    public async Task The_metrics_have_the_conventions_names_units_and_attributes()
    {
        var exported = new List<MetricSnapshot>();
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("orders");
        await using var app = await StartAsync(kafka, services => services.AddOpenTelemetry().WithMetrics(metrics =>
            metrics.AddInMemoryExporter(exported)));
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        await http.PostAsync("/orders", content: null);
        app.Services.GetRequiredService<MeterProvider>().ForceFlush();

        var (duration, point) = Of(exported, "messaging.client.operation.duration");
        Assert.Equal(("s", MetricType.Histogram, 1L), (duration.Unit, duration.MetricType, point.GetHistogramCount()));
        Assert.Equal(
            [$"messaging.client.id={Client}", "messaging.destination.name=orders", "messaging.operation.name=send", "messaging.operation.type=send", "messaging.system=kafka"],
            Tags(point));
        var (sent, messages) = Of(exported, "messaging.client.sent.messages");
        Assert.Equal(("{message}", 1L), (sent.Unit, messages.GetSumLong()));

        // A batch's memory is given back just after its outcome was told.
        Assert.Equal("By", Of(exported, "kafka.producer.buffer.used").Metric.Unit);
        await Eventually.TrueAsync(() =>
        {
            exported.Clear();
            app.Services.GetRequiredService<MeterProvider>().ForceFlush();
            return Of(exported, "kafka.producer.buffer.used").Point.GetGaugeLastValueLong() == 0;
        });
    }

    /// <summary>An exporter keeps one stream for all instruments of a name, so none of them may end before the process does.</summary>
    [Fact]
    public async Task Producers_that_come_and_go_leave_the_metrics_of_one_that_stays()
    {
        var exported = new List<MetricSnapshot>();
        using var metrics = Sdk.CreateMeterProviderBuilder().AddMeter("Rx.Kafka.Producer").AddInMemoryExporter(exported).Build();
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("orders");
        await using var stays = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, ClientId = Client });
        await stays.SendAsync(new Record("orders", "tea"));
        for (var i = 0; i < 50; i++)
        {
            await using (new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers }))
            {
            }

            metrics.ForceFlush();
        }

        await stays.SendAsync(new Record("orders", "coffee"));
        exported.Clear();
        metrics.ForceFlush();
        var (_, messages) = Of(exported, "messaging.client.sent.messages");
        Assert.Equal(2, messages.GetSumLong());
        var (_, limit) = Of(exported, "kafka.producer.buffer.limit");
        Assert.Equal(new KafkaProducerOptions().BufferMemory, limit.GetGaugeLastValueLong());
    }

    /// <summary>A metric, with the figures of this test's producer: the meter is one for the whole process.</summary>
    private static (MetricSnapshot Metric, MetricPoint Point) Of(List<MetricSnapshot> exported, string name)
    {
        var metric = Assert.Single(exported, metric => metric.Name == name);
        return (metric, Assert.Single(metric.MetricPoints, static point => Tags(point).Contains($"messaging.client.id={Client}")));
    }

    private static async Task<WebApplication> StartAsync(EmbeddedKafka kafka, Action<IServiceCollection> telemetry)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["ConnectionStrings:messaging"] = string.Join(',', kafka.BootstrapServers);
        builder.Configuration["Aspire:Rx:Kafka:Producer:Config:ClientId"] = Client;
        builder.AddRxKafkaProducer("messaging");
        telemetry(builder.Services);
        var app = builder.Build();
        app.MapPost("/orders", static async (KafkaProducer producer) =>
        {
            await producer.SendAsync(new Record("orders", "tea"));
            return Results.Ok();
        });
        await app.StartAsync();
        return app;
    }

    private static IEnumerable<string> Tags(MetricPoint point)
    {
        var tags = new List<string>();
        foreach (var (key, value) in point.Tags)
        {
            tags.Add($"{key}={value}");
        }

        return tags.Order(StringComparer.Ordinal);
    }

    private static async Task<Activity> Until(Func<Activity?> look)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            if (look() is { } found)
            {
                return found;
            }

            await Task.Delay(10, deadline.Token);
        }
    }
}
