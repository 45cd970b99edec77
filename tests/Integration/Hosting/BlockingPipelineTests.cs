using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rx.Kafka.Integration.Embedded;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Hosting;

/// <summary>A pipeline's own code that does not return: the host's stop and its container go on without it, and say so once.</summary>
public sealed class BlockingPipelineTests
{
    private const int StopsHost = 602;
    private const int NotDrained = 604;
    private const int FailedInStop = 606;

    public static TheoryData<string> Blocks => ["dispose", "dispose of a sequence", "cancellation", "OnNext", "OnCompleted"];

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task Code_that_never_returns_is_left_at_the_shutdown_timeout(string which)
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t");
        using var forever = new ManualResetEventSlim();
        var entered = new CountdownEvent(1);
        var builder = Hosts.Builder(kafka, ("Kafka:Producer:CloseTimeout", "300"));
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(300));
        builder.Services.AddKafkaProducer();
        Add(builder.Services, which, () =>
        {
            entered.Signal();
            forever.Wait();
        });
        var host = builder.Build(log);
        await host.StartAsync();
        await Eventually.TrueAsync(() => which == "OnNext" ? entered.IsSet : kafka.ReadLog("t").Count == 1);
        try
        {
            await host.StopAsync().WaitAsync(Hosts.Late);
            await ((IAsyncDisposable)host).DisposeAsync().AsTask().WaitAsync(Hosts.Late);
            await Eventually.TrueAsync(() => entered.IsSet);
            Assert.Equal(1, log.Count(NotDrained));
            Assert.Equal(0, log.Count(StopsHost) + log.Count(FailedInStop));
        }
        finally
        {
            forever.Set();
        }
    }

    /// <summary>A host that is disposed without being stopped waits for CloseTimeout.</summary>
    [Fact]
    public async Task A_dispose_that_never_returns_holds_up_no_container()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t");
        using var forever = new ManualResetEventSlim();
        var builder = Hosts.Builder(kafka, ("Kafka:Producer:CloseTimeout", "300"));
        builder.Services.AddKafkaProducer();
        Add(builder.Services, "dispose", forever.Wait);
        var host = builder.Build();
        await host.StartAsync();
        await Eventually.TrueAsync(() => kafka.ReadLog("t").Count == 1);
        try
        {
            await ((IAsyncDisposable)host).DisposeAsync().AsTask().WaitAsync(Hosts.Late);
        }
        finally
        {
            forever.Set();
        }
    }

    [Fact]
    public async Task A_failure_while_the_host_stops_is_the_hosts_and_does_not_claim_to_stop_it()
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t");
        var builder = Hosts.Builder(kafka);
        builder.Services.AddKafkaProducer();
        var options = new KafkaPipelineOptions
        {
            Outcomes = static _ => Observer.Create<Delivery<Record>>(static _ => { }, static () => throw new InvalidOperationException("broken")),
        };
        builder.Services.AddKafkaPipeline(static _ => Observable.Return(new Record("t", "v")).Concat(Observable.Never<Record>()), options);
        using var host = builder.Build(log);
        await host.StartAsync();
        await Eventually.TrueAsync(() => kafka.ReadLog("t").Count == 1);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => host.StopAsync().WaitAsync(Hosts.Late));

        Assert.Contains("broken", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, log.Count(FailedInStop));
        Assert.Equal(0, log.Count(StopsHost));
    }

    private static void Add(IServiceCollection services, string which, Action block)
    {
        var outcomes = which switch
        {
            "OnNext" => Observer.Create<Delivery<Record>>(_ => block()),
            "OnCompleted" => Observer.Create<Delivery<Record>>(static _ => { }, block),
            _ => Observer.Create<Delivery<Record>>(static _ => { }),
        };
        var options = new KafkaPipelineOptions { Outcomes = _ => outcomes };
        _ = which switch
        {
            "dispose of a sequence" => services.AddKafkaPipeline(_ => Streams.Ending("t", block), options),
            "cancellation" => services.AddKafkaPipeline(_ => Streams.Cancelled("t", block), options),
            _ => services.AddKafkaPipeline(
                _ => Observable.Create<Record>(observer =>
                {
                    observer.OnNext(new Record("t", "v"));
                    return which == "dispose" ? Disposable.Create(block) : Disposable.Empty;
                }),
                options),
        };
    }
}
