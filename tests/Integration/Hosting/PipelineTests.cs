using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rx.Kafka.Integration.Embedded;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Hosting;

/// <summary>Pipelines that run with a host: they start after all else, end before their producer, and lose nothing that was accepted.</summary>
public sealed class PipelineTests
{
    private const int Refused = 401;
    private const int SourceFailed = 403;
    private const int Ended = 601;
    private const int StopsHost = 602;
    private const int Failed = 603;
    private const int NotDrained = 604;

    [Fact]
    public async Task A_pushed_stream_runs_from_the_start_of_the_host_to_its_stop_and_is_drained()
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync();
        var (isSubscribed, left, hasStarted) = (NewSource(), NewSource(), false);
        using var records = new Subject<Record>();
        var outcomes = new Watcher<Delivery<Record>>();
        var builder = Hosts.Builder(kafka, ("Kafka:Producer:linger.ms", "600000"), ("Kafka:Producer:delivery.timeout.ms", "1200000"));
        builder.Services.AddKafkaProducer();
        builder.Services.AddKafkaPipeline(
            _ => Observable.Create<Record>(observer =>
            {
                Assert.True(Volatile.Read(ref hasStarted));
                var subscription = records.Subscribe(observer);
                isSubscribed.SetResult();
                return Disposable.Create(() =>
                {
                    subscription.Dispose();
                    left.SetResult();
                });
            }),
            new KafkaPipelineOptions { Outcomes = _ => outcomes });
        builder.Services.AddHostedService(_ => new Starting(() => Volatile.Write(ref hasStarted, true)));
        using var host = builder.Build(log);
        await host.StartAsync();
        await isSubscribed.Task.WaitAsync(Hosts.Late);
        for (var i = 0; i < 100; i++)
        {
            records.OnNext(new Record("t", $"k{i}", $"v{i}"));
        }

        await host.StopAsync().WaitAsync(Hosts.Late);

        Assert.True(left.Task.IsCompleted);
        Assert.False(records.HasObservers);
        Assert.Null(await outcomes.Ended.WaitAsync(Hosts.Late));
        Assert.Equal(100, outcomes.Seen.Count(static outcome => outcome.Succeeded));
        Assert.Equal(100, kafka.ReadLog("t").Count);
        Assert.Equal(1, log.Count(Ended));
        Assert.Empty(log.Errors);
    }

    [Fact]
    public async Task A_pulled_sequence_runs_until_the_host_stops_and_each_record_that_was_pulled_is_sent()
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync();
        var given = 0;
        var many = NewSource();
        var builder = Hosts.Builder(kafka);
        builder.Services.AddKafkaProducer();
        builder.Services.AddKafkaPipeline(_ => Streams.Endless("t", i =>
        {
            Volatile.Write(ref given, i + 1);
            if (i == 1000)
            {
                many.SetResult();
            }
        }));
        using var host = builder.Build(log);
        await host.StartAsync();
        await many.Task.WaitAsync(Hosts.Late);

        await host.StopAsync().WaitAsync(Hosts.Late);

        Assert.Equal(Volatile.Read(ref given), kafka.ReadLog("t").Count);
        Assert.Empty(log.Errors);
    }

    [Fact]
    public async Task A_source_that_pushes_within_Subscribe_holds_up_neither_start_nor_stop()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var builder = Hosts.Builder(kafka);
        builder.Services.AddKafkaProducer();
        builder.Services.AddKafkaPipeline(static _ => Streams.Blocking("t"));
        using var host = builder.Build();
        await host.StartAsync().WaitAsync(Hosts.Late);
        await Eventually.TrueAsync(() => kafka.Counters.Records > 1000);
        await host.StopAsync().WaitAsync(Hosts.Late);
    }

    [Fact]
    public async Task At_the_end_of_its_source_a_pipeline_ends_and_the_host_goes_on()
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync();
        var builder = Hosts.Builder(kafka);
        builder.Services.AddKafkaProducer();
        builder.Services.AddKafkaPipeline(static _ => Streams.Of("t", 10));
        using var host = builder.Build(log);
        await host.StartAsync();
        await Eventually.TrueAsync(() => log.Count(Ended) == 1);
        Assert.Equal(10, kafka.ReadLog("t").Count);
        Assert.False(host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
        await host.StopAsync();
    }

    public static TheoryData<string> Failures => ["pushed", "pulled", "factory", "null", "outcomes", "null outcomes", "observer", "halt"];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failure_is_the_hosts(string failure)
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.Faults.On(ApiKey.Produce).Topic("refused").Fail(29); // TOPIC_AUTHORIZATION_FAILED
        var builder = Hosts.Builder(kafka);
        builder.Services.AddKafkaProducer();
        AddFailing(builder.Services, failure, KafkaPipelineFailure.StopHost);
        using var host = builder.Build(log);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => host.RunAsync().WaitAsync(Hosts.Late));

        Assert.IsNotType<TimeoutException>(error);
        Assert.Contains(failure == "halt" ? "refused" : failure.StartsWith("null", StringComparison.Ordinal) ? "null" : "broken", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, log.Count(StopsHost));
        Assert.Equal(failure.EndsWith("outcomes", StringComparison.Ordinal), error.ToString().Contains("KafkaPipelineOptions.Outcomes", StringComparison.Ordinal));
        Assert.Equal(failure is "pushed" or "pulled" or "factory" or "null" ? 1 : 0, log.Count(SourceFailed));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failure_is_the_pipelines_own_where_that_was_chosen(string failure)
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.Faults.On(ApiKey.Produce).Topic("refused").Fail(29);
        var builder = Hosts.Builder(kafka);
        builder.Services.AddKafkaProducer();
        AddFailing(builder.Services, failure, KafkaPipelineFailure.Ignore);
        using var host = builder.Build(log);
        await host.StartAsync();
        await Eventually.TrueAsync(() => log.Count(Failed) == 1);

        // The producer lives on, for others.
        await host.Services.GetRequiredService<KafkaProducer>().SendAsync(new Record("t", "after")).AsTask().WaitAsync(Hosts.Late);
        Assert.False(host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
        await host.StopAsync().WaitAsync(Hosts.Late);
    }

    [Fact]
    public async Task A_producer_that_somebody_disposes_is_a_failure_too()
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync();
        using var records = new Subject<Record>();
        var builder = Hosts.Builder(kafka);
        builder.Services.AddKafkaProducer();
        builder.Services.AddKafkaPipeline(_ => records);
        using var host = builder.Build(log);
        await host.StartAsync();
        await Eventually.TrueAsync(() => records.HasObservers);

        await host.Services.GetRequiredService<KafkaProducer>().DisposeAsync();

        await Eventually.TrueAsync(() => log.Count(StopsHost) == 1);
        var error = await Assert.ThrowsAsync<ObjectDisposedException>(() => host.StopAsync().WaitAsync(Hosts.Late));
        Assert.Contains("Leave its dispose to the container", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_before_a_sources_error_are_sent()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var builder = Hosts.Builder(kafka, ("Kafka:Producer:linger.ms", "600000"), ("Kafka:Producer:delivery.timeout.ms", "1200000"));
        builder.Services.AddKafkaProducer();
        builder.Services.AddKafkaPipeline(static _ => Streams.Of("t", 50, new InvalidOperationException("broken")));
        using var host = builder.Build();
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.RunAsync().WaitAsync(Hosts.Late));
        Assert.Equal(50, kafka.ReadLog("t").Count);
    }

    [Fact]
    public async Task A_pipeline_outlives_a_killed_broker()
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 3);
        kafka.CreateTopic("t", 6);
        var (given, outcomes) = (0, new Watcher<Delivery<Record>>());
        var builder = Hosts.Builder(kafka);
        builder.Services.AddKafkaProducer();
        builder.Services.AddKafkaPipeline(_ => Streams.Endless("t", i => Volatile.Write(ref given, i + 1)), new KafkaPipelineOptions { Outcomes = _ => outcomes });
        using var host = builder.Build(log);
        await host.StartAsync();
        await Eventually.TrueAsync(() => outcomes.Seen.Count > 100);
        kafka.Stop(2);
        var before = outcomes.Seen.Count;
        await Eventually.TrueAsync(() => outcomes.Seen.Count > before + 1000);
        kafka.Restart(2);
        await host.StopAsync().WaitAsync(Hosts.Late);

        Assert.Equal(Volatile.Read(ref given), outcomes.Seen.Count);
        Assert.All(outcomes.Seen, static outcome => Assert.True(outcome.Succeeded, outcome.Error?.Message));
        Assert.Equal(Volatile.Read(ref given), kafka.ReadLog("t").Count);
    }

    [Fact]
    public async Task What_does_not_drain_is_given_up_when_the_hosts_time_is_over()
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t");
        var outcomes = new Watcher<Delivery<Record>>();
        using var records = new Subject<Record>();
        var builder = Hosts.Builder(kafka);
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(300));
        builder.Services.AddKafkaProducer();
        builder.Services.AddKafkaPipeline(_ => records, new KafkaPipelineOptions { Outcomes = _ => outcomes });
        var host = builder.Build(log);
        await host.StartAsync();
        await Eventually.TrueAsync(() => records.HasObservers);
        records.OnNext(new Record("t", "sent"));
        await Eventually.TrueAsync(() => outcomes.Seen.Count == 1);
        kafka.Stop(1, elect: false);
        records.OnNext(new Record("t", "stuck"));

        await host.StopAsync().WaitAsync(Hosts.Late);
        await ((IAsyncDisposable)host).DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(15));

        Assert.Equal(1, log.Count(NotDrained));
        Assert.Equal([true, false], outcomes.Seen.Select(static outcome => outcome.Succeeded));
        Assert.Equal(ProduceErrorCode.Aborted, outcomes.Seen.Last().Error!.Code);
        Assert.Contains("HostOptions.ShutdownTimeout", outcomes.Seen.Last().Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_is_blocked_for_want_of_memory_holds_up_no_stop()
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t");
        kafka.Faults.On(ApiKey.Produce).Hang();
        var builder = Hosts.Builder(kafka, ("Kafka:Producer:buffer.memory", "65536"), ("Kafka:Producer:max.block.ms", "600000"));
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(300));
        builder.Services.AddKafkaProducer();
        builder.Services.AddKafkaPipeline(static _ => Streams.Blocking("t"));
        var host = builder.Build(log);
        await host.StartAsync();
        var producer = host.Services.GetRequiredService<KafkaProducer>();
        await Eventually.TrueAsync(() => producer.GetStatus().BlockedCallers == 1);

        await host.StopAsync().WaitAsync(Hosts.Late);
        await ((IAsyncDisposable)host).DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(15));

        Assert.Equal(1, log.Count(NotDrained));
        Assert.Equal(0, producer.GetStatus().BlockedCallers);
    }

    /// <summary>A host that is disposed without being stopped, as after a start that failed: the source is left while the producer still takes records.</summary>
    [Fact]
    public async Task A_pipeline_is_disposed_before_its_producer()
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync();
        var (subscribing, sentLast) = ((Thread?)null, Task.CompletedTask);
        KafkaProducer? producer = null;
        var builder = Hosts.Builder(kafka);
        builder.Services.AddKafkaProducer();
        builder.Services.AddKafkaPipeline(services => Observable.Create<Record>(observer =>
        {
            producer = services.GetRequiredService<KafkaProducer>();
            observer.OnNext(new Record("t", "first"));
            Volatile.Write(ref subscribing, Thread.CurrentThread);
            return Disposable.Create(() => sentLast = producer.SendAsync(new Record("t", "last")).AsTask());
        }));
        var host = builder.Build(log);
        await host.StartAsync();

        // The thread is the subscription's own: when it has ended, Subscribe has returned.
        await Eventually.TrueAsync(() => Volatile.Read(ref subscribing) is { IsAlive: false });

        await ((IAsyncDisposable)host).DisposeAsync().AsTask().WaitAsync(Hosts.Late);

        await sentLast.WaitAsync(Hosts.Late);
        Assert.True(producer!.GetStatus().IsDisposed);
        Assert.Equal(["first", "last"], kafka.ReadLog("t").Select(static record => record.ValueText).Order(StringComparer.Ordinal));
        Assert.Equal(0, log.Count(Refused));
    }

    [Fact]
    public async Task A_pipeline_of_a_producer_with_a_name()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var builder = Hosts.Builder();
        builder.Services.AddKafkaProducer("audit", options => options.BootstrapServers = kafka.BootstrapServers);
        builder.Services.AddKafkaPipeline(static _ => Streams.Of("t", 10), new KafkaPipelineOptions { Producer = "audit", Name = "copies" });
        using var host = builder.Build();
        await host.StartAsync();
        await Eventually.TrueAsync(() => kafka.Counters.Records == 10);
        await host.StopAsync();
    }

    private static void AddFailing(IServiceCollection services, string failure, KafkaPipelineFailure means)
    {
        var broken = new InvalidOperationException("broken");
        var options = new KafkaPipelineOptions { Failure = means, OnFailure = failure == "halt" ? OnFailure.Halt : OnFailure.Continue };
        _ = failure switch
        {
            "pushed" => services.AddKafkaPipeline(_ => Observable.Return(new Record("t", "v")).Concat(Observable.Throw<Record>(broken)), options),
            "pulled" => services.AddKafkaPipeline(_ => Streams.Of("t", 1, broken), options),
            "factory" => services.AddKafkaPipeline((Func<IServiceProvider, IObservable<Record>>)(_ => throw broken), options),
            "null" => services.AddKafkaPipeline((Func<IServiceProvider, IAsyncEnumerable<Record>>)(static _ => null!), options),
            "outcomes" => services.AddKafkaPipeline(static _ => Streams.Never, new KafkaPipelineOptions { Failure = means, Outcomes = _ => throw broken }),
            "null outcomes" => services.AddKafkaPipeline(static _ => Streams.Never, new KafkaPipelineOptions { Failure = means, Outcomes = static _ => null! }),
            "observer" => services.AddKafkaPipeline(
                static _ => Observable.Return(new Record("t", "v")).Concat(Observable.Never<Record>()),
                new KafkaPipelineOptions { Failure = means, Outcomes = _ => Observer.Create<Delivery<Record>>(_ => throw broken) }),
            _ => services.AddKafkaPipeline(static _ => Observable.Return(new Record("refused", "v")).Concat(Observable.Never<Record>()), options),
        };
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Starting(Action started) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            started();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
