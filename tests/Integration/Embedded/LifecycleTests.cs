using System.Diagnostics;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded;

/// <summary>Terminal signals, dispose and cancellation over real sockets. Carries K6 (closed once) and K19 (closed while callers wait).</summary>
public sealed class LifecycleTests
{
    private const int Refused = 401;
    private const int OfferedLate = 402;
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_disposed_producer_throws_from_the_awaiting_calls_and_refuses_in_OnNext_saying_so()
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync();
        var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers }, log);
        producer.OnNext(new Record("t", "v"));
        await producer.DisposeAsync();

        var offering = Stopwatch.StartNew();
        for (var i = 0; i < 100; i++)
        {
            producer.OnNext(new Record("t", "late"));
        }

        // One line a second.
        Assert.InRange(log.Count(Refused), 1, 2 + (int)offering.Elapsed.TotalSeconds);
        Assert.Throws<ObjectDisposedException>(() => { _ = producer.SendAsync(new Record("t", "late")); });
        Assert.Throws<ObjectDisposedException>(() => { _ = producer.EnqueueAsync(new Record("t", "late")); });
        Assert.Throws<ObjectDisposedException>(() => { _ = producer.ConnectAsync(); });
        Assert.Throws<ObjectDisposedException>(() => { _ = producer.GetPartitionsAsync("t"); });
        producer.OnCompleted();
        producer.OnError(new InvalidOperationException("late"));
        await producer.FlushAsync().AsTask().WaitAsync(Late);
        await producer.PurgeAsync().AsTask().WaitAsync(Late);
        await producer.Completion.WaitAsync(Late);
        Assert.Equal(["v"], kafka.ReadLog("t").Select(static r => r.ValueText));
        Assert.Empty(log.Errors);
    }

    [Fact]
    public async Task A_subscriber_that_comes_after_the_end_hears_only_the_end()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers });
        producer.OnNext(new Record("t", "v"));
        await producer.DisposeAsync();
        var late = new Watcher<RecordMetadata>();
        using var subscription = producer.Acks.Subscribe(late);
        await late.Ended.WaitAsync(Late);
        Assert.Empty(late.Seen);
    }

    [Fact]
    public async Task Disposing_twice_from_many_threads_is_disposing_once()
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 3);
        kafka.CreateTopic("t", 6);
        var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, Linger = TimeSpan.FromMinutes(1) }, log);
        var watcher = new Watcher<RecordMetadata>();
        using var subscription = producer.Acks.Subscribe(watcher);
        for (var i = 0; i < 1000; i++)
        {
            producer.OnNext(new Record("t", $"k{i}", $"v{i}"));
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            if (i % 2 == 0)
            {
                await producer.DisposeAsync();
            }
            else
            {
                producer.Dispose();
            }
        }))).WaitAsync(Late);
        producer.Dispose();
        await producer.DisposeAsync();

        await watcher.Ended.WaitAsync(Late);
        Assert.Equal(1000, watcher.Seen.Count);
        Assert.Equal(1000, kafka.Counters.Records);
        Assert.Empty(log.Errors);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OnNext_after_the_terminal_signal_is_a_loud_bug_and_SendAsync_goes_on(bool failed)
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync();
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers }, log);
        var watcher = new Watcher<RecordMetadata>();
        using var subscription = producer.Acks.Subscribe(watcher);
        producer.OnNext(new Record("t", "v"));
        if (failed)
        {
            producer.OnError(new InvalidOperationException("the source"));
        }
        else
        {
            producer.OnCompleted();
        }

        foreach (var record in new[] { new Record("t", "late"), default, new Record("unknown yet", "late") })
        {
            producer.OnNext(record);
        }

        await producer.SendAsync(new Record("t", "sent")).AsTask().WaitAsync(Late);
        if (failed)
        {
            Assert.Equal("the source", (await Assert.ThrowsAsync<InvalidOperationException>(() => producer.Completion.WaitAsync(Late))).Message);
        }
        else
        {
            // Only if they came before the streams had ended; the log tells of them in any case.
            await Task.WhenAny(producer.Completion).WaitAsync(Late);
            Assert.Contains("two sources", producer.Completion.Exception?.Message ?? "two sources", StringComparison.Ordinal);
        }

        Assert.Contains("two sources", Assert.Single(log.Events, static e => e.Id == OfferedLate && e.Text.StartsWith("1 ", StringComparison.Ordinal)).Text, StringComparison.Ordinal);
        Assert.Equal(failed, await watcher.Ended.WaitAsync(Late) is InvalidOperationException);
        Assert.Single(watcher.Seen);

        // The later signal changes nothing.
        producer.OnCompleted();
        producer.OnError(new InvalidOperationException("again"));
        Assert.Equal(["v", "sent"], kafka.ReadLog("t").Select(static r => r.ValueText));
    }

    [Fact]
    public async Task Completion_comes_after_the_outcomes_of_all_that_was_offered_before_also_of_those_in_line()
    {
        await using var kafka = await EmbeddedKafka.StartAsync(options: new EmbeddedKafkaOptions { AutoCreateTopics = false });
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers });
        var watcher = new Watcher<Delivery<Record>>();
        using var subscription = producer.Deliveries.Subscribe(watcher);
        var pushing = Enumerable.Range(0, 4).Select(i => RealThreads.StartAsync(() => producer.OnNext(new Record("later", $"v{i}")))).ToArray();
        await Eventually.TrueAsync(() => producer.GetStatus().BlockedCallers == pushing.Length);

        producer.OnCompleted();
        Assert.False(producer.Completion.IsCompleted);
        kafka.CreateTopic("later");

        await producer.Completion.WaitAsync(Late);
        foreach (var push in pushing)
        {
            Assert.Null(await push.WaitAsync(Late));
        }

        Assert.Equal(pushing.Length, watcher.Seen.Count);
        Assert.All(watcher.Seen, delivery => Assert.True(delivery.Succeeded));
    }

    [Fact]
    public async Task Dispose_while_callers_stand_in_line_ends_them_all_as_closed()
    {
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync(options: new EmbeddedKafkaOptions { AutoCreateTopics = false });
        kafka.CreateTopic("t");
        var producer = new KafkaProducer(
            new KafkaProducerOptions
            {
                BootstrapServers = kafka.BootstrapServers,
                BufferMemory = 64 * 1024,
                BatchSize = 4096,
                MaxRequestSize = 8192,
                CloseTimeout = TimeSpan.FromMilliseconds(300),
            },
            log);
        await producer.SendAsync(new Record("t", "warm"));
        var hanging = kafka.Faults.On(ApiKey.Produce).Hang();
        var watcher = new Watcher<Delivery<Record>>();
        using var subscription = producer.Deliveries.Subscribe(watcher);
        using var cancel = new CancellationTokenSource();

        // Far more than fits: 100 × 3 KiB of each kind, in partition lines, in the topic's line, and for a topic that is not there.
        Record[] kinds = [new("t", new byte[3000]) { Partition = 0 }, new("t", new byte[3000]), new("nowhere", new byte[3000])];
        var sending = kinds.SelectMany(kind => Enumerable.Range(0, 100).Select(i => producer.SendAsync(kind, i % 2 == 0 ? cancel.Token : default).AsTask())).ToArray();
        var enqueuing = kinds.SelectMany(kind => Enumerable.Range(0, 10).Select(_ => producer.EnqueueAsync(kind).AsTask())).ToArray();
        var pushing = kinds.SelectMany(kind => Enumerable.Range(0, 4).Select(_ => RealThreads.StartAsync(() => producer.OnNext(kind)))).ToArray();
        await Eventually.TrueAsync(() => hanging.Hits > 0);

        await producer.DisposeAsync().AsTask().WaitAsync(Late);

        foreach (var task in sending)
        {
            Assert.Equal(ProduceErrorCode.Closed, (await Assert.ThrowsAsync<KafkaProduceException>(() => task.WaitAsync(Late))).Code);
        }

        foreach (var task in enqueuing)
        {
            Assert.Equal(ProduceErrorCode.Closed, (await Assert.ThrowsAsync<KafkaProduceException>(async () => await (await task.WaitAsync(Late)).WaitAsync(Late))).Code);
        }

        var refused = 0;
        foreach (var push in pushing)
        {
            Assert.Null(await push.WaitAsync(Late));
            refused++;
        }

        // Threads that came after the end were refused silently; the others have their outcome.
        await watcher.Ended.WaitAsync(Late);
        Assert.InRange(watcher.Seen.Count, 0, refused);
        Assert.All(watcher.Seen, delivery => Assert.Equal(ProduceErrorCode.Closed, delivery.Error!.Code));
        Assert.Equal(["warm"], kafka.ReadLog("t").Select(static r => r.ValueText));
        await Eventually.TrueAsync(() => kafka.Counters.ConnectionsOpen == 0);
        Assert.Empty(log.Errors);
    }

    [Fact]
    public async Task A_send_cancelled_before_acceptance_is_not_on_the_log()
    {
        await using var kafka = await EmbeddedKafka.StartAsync(options: new EmbeddedKafkaOptions { AutoCreateTopics = false });
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers });
        using var cancel = new CancellationTokenSource();
        var cancelled = Enumerable.Range(0, 50).Select(i => producer.SendAsync(new Record("later", $"cancelled {i}"), cancel.Token).AsTask()).ToArray();
        var kept = Enumerable.Range(0, 50).Select(i => producer.SendAsync(new Record("later", $"kept {i}")).AsTask()).ToArray();
        var unplaced = Enumerable.Range(0, 50).Select(i => producer.EnqueueAsync(new Record("later", $"cancelled {i}"), cancel.Token).AsTask()).ToArray();
        await cancel.CancelAsync();
        foreach (var task in cancelled)
        {
            var withdrawn = await Assert.ThrowsAsync<SendCanceledException>(() => task.WaitAsync(Late));
            Assert.Equal((cancel.Token, Persistence.NotPersisted), (withdrawn.CancellationToken, withdrawn.Persistence));
        }

        foreach (var task in unplaced)
        {
            Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.WaitAsync(Late))).CancellationToken);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => producer.SendAsync(new Record("later", "cancelled before"), cancel.Token).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => producer.EnqueueAsync(new Record("later", "cancelled before"), cancel.Token).AsTask());

        kafka.CreateTopic("later");
        await Task.WhenAll(kept).WaitAsync(Late);
        await producer.FlushAsync().AsTask().WaitAsync(Late);
        Assert.Equal(Enumerable.Range(0, 50).Select(static i => $"kept {i}"), kafka.ReadLog("later").Select(static r => r.ValueText));
    }

    [Fact]
    public async Task An_observer_that_throws_is_detached_and_disturbs_nobody()
    {
        const int observerThrew = 400;
        using var log = new EventLog();
        await using var kafka = await EmbeddedKafka.StartAsync();
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers }, log);
        var before = new Watcher<RecordMetadata>();
        var thrower = new Watcher<RecordMetadata>(static seen => seen == 10 ? throw new InvalidOperationException("an observer's own fault") : 0);
        var after = new Watcher<Delivery<Record>>();
        using var first = producer.Acks.Subscribe(before);
        using var second = producer.Acks.Subscribe(thrower);
        using var third = producer.Deliveries.Subscribe(after);

        for (var i = 0; i < 1000; i++)
        {
            producer.OnNext(new Record("t", $"v{i}"));
        }

        producer.OnCompleted();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => producer.Completion.WaitAsync(Late));
        Assert.Equal("an observer's own fault", error.Message);
        Assert.Equal(1000, before.Seen.Count);
        Assert.Equal(1000, after.Seen.Count);
        Assert.Equal(10, thrower.Seen.Count);
        Assert.Equal(1, log.Count(observerThrew));
        Assert.False(thrower.Ended.IsCompleted);
    }

    [Fact]
    public async Task An_observer_may_dispose_its_producer_and_push_into_it()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, MaxUnobservedDeliveries = 1 });
        var watcher = new Watcher<RecordMetadata>(seen =>
        {
            if (seen < 100)
            {
                producer.OnNext(new Record("t", $"again {seen}"));
            }
            else if (seen == 100)
            {
                producer.Dispose();
            }

            return 0;
        });
        using var subscription = producer.Acks.Subscribe(watcher);
        producer.OnNext(new Record("t", "first"));
        await producer.Completion.WaitAsync(Late);
        await producer.DisposeAsync().AsTask().WaitAsync(Late);
        Assert.Equal(100, watcher.Seen.Count);
        Assert.Equal(100, kafka.NextOffset("t", 0));
    }

    [Fact]
    public async Task Dispose_does_not_wait_for_an_observer_that_never_returns()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        using var release = new ManualResetEventSlim();
        var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, CloseTimeout = TimeSpan.FromMilliseconds(300) });
        var watcher = new Watcher<RecordMetadata>(_ =>
        {
            release.Wait();
            return 0;
        });
        using var subscription = producer.Acks.Subscribe(watcher);
        producer.OnNext(new Record("t", "v"));
        await Eventually.TrueAsync(() => watcher.Seen.Count == 1);

        await producer.DisposeAsync().AsTask().WaitAsync(Late);

        await Task.WhenAny(producer.Completion).WaitAsync(Late);
        Assert.IsType<TimeoutException>(producer.Completion.Exception?.InnerException);
        release.Set();
    }

    [Fact]
    public async Task A_reader_that_is_behind_at_dispose_still_gets_everything()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, CloseTimeout = TimeSpan.FromSeconds(5) });
        await using var reader = producer.Acks.ReadAllAsync(capacity: 16).GetAsyncEnumerator();
        for (var i = 0; i < 1000; i++)
        {
            producer.OnNext(new Record("t", "v"));
        }

        await producer.FlushAsync();
        await producer.DisposeAsync().AsTask().WaitAsync(Late);

        for (var i = 0; i < 1000; i++)
        {
            Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Late));
            Assert.Equal(i, reader.Current.Offset);
        }

        Assert.False(await reader.MoveNextAsync().AsTask().WaitAsync(Late));

        // It faults if the reader's buffer was full before dispose looked at observers: then nobody moved within CloseTimeout.
        await Task.WhenAny(producer.Completion).WaitAsync(Late);
    }

    [Fact]
    public async Task An_observer_may_block_on_the_producer_it_observes()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, MaxUnobservedDeliveries = 1 });
        var watcher = new Watcher<RecordMetadata>(seen =>
        {
            if (seen <= 20)
            {
                producer.SendAsync(new Record("t", "audit")).AsTask().Wait();
                producer.OnNext(new Record("t", "again"));
                producer.FlushAsync().AsTask().Wait();
            }

            return 0;
        });
        using var subscription = producer.Acks.Subscribe(watcher);
        await RealThreads.RunAsync(4, _ =>
        {
            for (var i = 0; i < 25; i++)
            {
                producer.OnNext(new Record("t", "v"));
            }
        }).WaitAsync(Late);
        await Eventually.TrueAsync(() => watcher.Seen.Count == 120);
        producer.OnCompleted();
        await producer.Completion.WaitAsync(Late);
        Assert.Equal(140, kafka.NextOffset("t", 0));
    }

    [Fact]
    public async Task Purge_fails_what_was_offered_before_and_touches_nothing_later()
    {
        await using var kafka = await EmbeddedKafka.StartAsync(options: new EmbeddedKafkaOptions { AutoCreateTopics = false });
        kafka.CreateTopic("t");
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, Linger = TimeSpan.FromMinutes(1) });
        var open = Enumerable.Range(0, 100).Select(_ => producer.SendAsync(new Record("t", "purged")).AsTask()).ToArray();
        var waiting = producer.SendAsync(new Record("later", "purged")).AsTask();
        await Eventually.TrueAsync(() => kafka.Counters.Requests(ApiKey.Metadata) >= 2);

        await producer.PurgeAsync().AsTask().WaitAsync(Late);

        foreach (var task in open.Append(waiting))
        {
            var error = await Assert.ThrowsAsync<KafkaProduceException>(() => task.WaitAsync(Late));
            Assert.Equal(ProduceErrorCode.Aborted, error.Code);
            Assert.Equal(Persistence.NotPersisted, error.Persistence);
        }

        var next = producer.SendAsync(new Record("t", "next")).AsTask();
        await producer.FlushAsync().AsTask().WaitAsync(Late);
        Assert.Equal(0, (await next).Offset);
        Assert.Equal(["next"], kafka.ReadLog("t").Select(static r => r.ValueText));
    }
}
