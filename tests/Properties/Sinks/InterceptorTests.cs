using System.Text;
using Rx.Kafka.Properties.Scenarios;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Sinks;

/// <summary>Interceptors: a chain, before anybody else, whose faults cost nothing (Java's K25).</summary>
public sealed class InterceptorTests
{
    // Each gets what the one before made; each outcome is seen once, before the observer or the await; also of what was refused.
    [Fact]
    public void They_see_every_record_and_every_outcome_first()
    {
        var seen = new List<string>();
        using var log = new EventLog();
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.Faults.On(ApiKey.Produce).Topic("bad").Fail(87);
                await using var sink = world.Producer.OpenSink();
                world.Producer.Deliveries.Subscribe(new Collector<Delivery<Record>>(delivery => seen.Add($"{TextOf(delivery.State)} observed")));
                world.Producer.OnNext(new Record("t", "root"));
                sink.OnNext(new Record("t", "unobserved sink"));
                await world.Producer.SendAsync(new Record("t", "sent"));
                seen.Add("sent+ab awaited");
                using var token = new CancellationTokenSource();
                await world.Producer.SendAsync(new Record("t", "cancellable"), token.Token);
                seen.Add("cancellable+ab awaited");
                await await world.Producer.EnqueueAsync(new Record("t", "enqueued"));
                seen.Add("enqueued+ab awaited");
                await Assert.ThrowsAsync<KafkaProduceException>(async () => await world.Producer.SendAsync(new Record("bad", "refused by the broker")));
                await Assert.ThrowsAsync<KafkaProduceException>(async () => await world.Producer.SendAsync(new Record("", "refused at once")));
                world.Producer.OnNext(new Record("", "refused push"));
                await foreach (var _ in new[] { "element" }.ToAsyncEnumerable().DeliverTo(world.Producer, static text => new Record("t", text)))
                {
                    seen.Add("element+ab awaited");
                }

                await world.Delay(1);
                string[] all = ["root", "unobserved sink", "sent", "cancellable", "enqueued", "refused by the broker", "refused at once", "refused push", "element"];
                Assert.All(all, text => Assert.Equal(['a', 'b'], seen.Where(line => line.StartsWith($"{text}+ab told ", StringComparison.Ordinal)).Select(static line => line[^1])));
                Assert.All(
                    ((string[])["root+ab observed", "sent+ab awaited", "cancellable+ab awaited", "enqueued+ab awaited", "element+ab awaited"]),
                    line => Assert.True(seen.IndexOf(line) > seen.IndexOf($"{line.Split('+')[0]}+ab told b"), line));
            },
            configure: options => options.Interceptors = [new Appending("a", seen), new Throwing(), new Appending("b", seen)],
            logs: log);
        Assert.Contains(log.Events, static e => e.Id == 408);
    }

    [Fact]
    [Law("L18")]
    public void Of_a_record_whose_token_was_cancelled_before_they_hear_nothing()
    {
        var seen = new List<string>();
        ProducerWorld.Run(
            async world =>
            {
                var cancelled = await Assert.ThrowsAsync<SendCanceledException>(
                    async () => await world.Producer.SendAsync(new Record("t", "cancelled"), new CancellationToken(canceled: true)));
                Assert.Equal(Persistence.NotPersisted, cancelled.Persistence);
                await world.Producer.FlushAsync();
                Assert.Empty(seen);
            },
            configure: options => options.Interceptors = [new Appending("a", seen)]);
    }

    // No queue is unbounded: records that have an outcome are in no batch any more, so no memory of batches bounds them.
    [Theory]
    [InlineData("enqueued")]
    [InlineData("refused")]
    [InlineData("sequence")]
    public void Who_offers_awaited_records_in_a_row_waits_for_slow_ones(string kind)
    {
        const int Window = 10;
        const int InBatches = 64;
        var mostBehind = 0L;
        KafkaProducer? producer = null;
        ProducerWorld.Run(
            async world =>
            {
                producer = world.Producer;
                var records = Enumerable.Range(0, 1000).Select(n => new Record(kind == "refused" ? "" : "t", new byte[1000]) { Partition = 0 });
                if (kind == "sequence")
                {
                    using var results = await world.Producer.SendAllAsync(records);
                    Assert.True(results.AllSucceeded);
                }
                else
                {
                    var acknowledged = new List<Task<RecordMetadata>>();
                    foreach (var record in records)
                    {
                        var accepted = world.Producer.EnqueueAsync(record).AsTask();
                        await accepted.ContinueWith(static _ => { }, TaskScheduler.Current);
                        Assert.Equal(kind == "refused", accepted.IsFaulted);
                        acknowledged.Add(accepted.IsFaulted ? Task.FromResult(default(RecordMetadata)) : await accepted);
                    }

                    foreach (var outcome in acknowledged)
                    {
                        await outcome;
                    }
                }

                Assert.InRange(mostBehind, Window, Window + InBatches);
            },
            configure: options =>
            {
                (options.BatchSize, options.BufferMemory, options.MaxUnobservedDeliveries) = (4096, InBatches * 1024, Window);
                options.Interceptors =
                [
                    new Telling(() =>
                    {
                        mostBehind = Math.Max(mostBehind, producer!.GetStatus().UnobservedDeliveries);
                        options.Runtime.Wait(Task.Delay(TimeSpan.FromMilliseconds(5), options.Runtime.Time!));
                    }),
                ];
            });
    }

    [Fact]
    public void One_that_stands_still_holds_each_of_them_for_MaxBlock_only() => ProducerWorld.Run(
        async world =>
        {
            var before = await Task.WhenAll(Enumerable.Range(0, 20).Select(async n => await world.Producer.EnqueueAsync(new Record("t", $"{n}"))));
            await world.Delay(1000);
            var started = world.Now;
            _ = await world.Producer.EnqueueAsync(new Record("t", "last"));
            Assert.Equal(TimeSpan.FromSeconds(3), world.Now - started);
            foreach (var outcome in before)
            {
                await outcome;
            }
        },
        configure: static options =>
        {
            (options.MaxBlock, options.MaxUnobservedDeliveries) = (TimeSpan.FromSeconds(3), 10);
            options.Interceptors = [new Telling(() => options.Runtime.Wait(Task.Delay(TimeSpan.FromMinutes(1), options.Runtime.Time!)))];
        });

    // It would wait for itself.
    [Fact]
    public void One_that_enqueues_records_does_not_wait_for_its_own_outcomes()
    {
        var told = 0;
        KafkaProducer? producer = null;
        ProducerWorld.Run(
            async world =>
            {
                producer = world.Producer;
                await Task.WhenAll(Enumerable.Range(0, 20).Select(n => world.Producer.SendAsync(new Record("t", $"{n}")).AsTask()));
                await world.Producer.FlushAsync();
                await world.Delay(1000);
                Assert.Equal(40, told);
            },
            configure: options =>
            {
                options.MaxUnobservedDeliveries = 1;
                options.Interceptors =
                [
                    new Telling(() =>
                    {
                        if (++told <= 20)
                        {
                            options.Runtime.Wait(producer!.EnqueueAsync(new Record("audit", "told")).AsTask());
                        }
                    }),
                ];
            });
    }

    [Fact]
    public void A_dispose_ends_the_wait_for_slow_ones_and_lets_them_hear_all() => ProducerWorld.Run(
        async world =>
        {
            var before = Enumerable.Range(0, 50).Select(async n => await await world.Producer.EnqueueAsync(new Record("t", $"{n}"))).ToList();
            await world.Producer.FlushAsync();
            var waiting = world.Producer.EnqueueAsync(new Record("t", "last")).AsTask();
            await world.Delay(10);
            Assert.False(waiting.IsCompleted);
            var disposing = world.Producer.DisposeAsync();
            await world.Delay(10);
            Assert.True(waiting.IsCompletedSuccessfully);
            Assert.False((await waiting).IsCompleted);
            await disposing;
            await world.Delay(1);
            Assert.True((await waiting).IsCompletedSuccessfully);
            Assert.All(before, static enqueued => Assert.True(enqueued.IsCompletedSuccessfully));
        },
        configure: static options =>
        {
            options.MaxUnobservedDeliveries = 10;
            options.Interceptors = [new Telling(() => options.Runtime.Wait(Task.Delay(TimeSpan.FromMilliseconds(100), options.Runtime.Time!)))];
        });

    // An element of which no record was made has an outcome, but they have seen no record of it.
    [Fact]
    public void They_hear_of_what_they_have_seen_and_of_nothing_else()
    {
        var seen = new List<string>();
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                var deliveries = new[] { "none", "two", "throws" }.ToAsyncEnumerable().DeliverTo(world.Producer, IEnumerable<Record> (element) => element switch
                {
                    "none" => [],
                    "two" => [new Record("t", "1"), new Record("t", "2")],
                    _ => throw new FormatException(),
                });
                await foreach (var _ in deliveries)
                {
                    // All of them.
                }

                Assert.Equal(["1+a told a", "2+a told a"], seen);
                seen.Clear();
                using var cancel = new CancellationTokenSource();
                var sent = world.Producer.SendAsync(new Record("nowhere", "withdrawn"), cancel.Token);
                await world.Delay(10);
                cancel.Cancel();
                await Assert.ThrowsAsync<SendCanceledException>(async () => await sent);
                await world.Delay(1);
                Assert.Equal(["withdrawn+a told a"], seen);
            },
            brokers: new EmbeddedKafkaOptions { AutoCreateTopics = false },
            configure: options => options.Interceptors = [new Appending("a", seen)]);
    }

    [Fact]
    public void A_refusal_that_nobody_observes_is_logged_beside_them_too()
    {
        using var log = new EventLog();
        ProducerWorld.Run(
            async world =>
            {
                world.Producer.OnNext(new Record("t", new byte[2 << 20]));
                await world.Delay(1001);
                Assert.Equal(1, log.Count(401));
            },
            configure: static options => options.Interceptors = [new Telling(static () => { })],
            logs: log);
    }

    private static string TextOf(in Record record) => Encoding.UTF8.GetString(record.Value!.Value.Span);

    private sealed class Appending(string name, List<string> seen) : IProducerInterceptor
    {
        public Record OnSend(Record record) => record with { Value = Encoding.UTF8.GetBytes(TextOf(record) + (name == "a" ? "+a" : name)) };

        public void OnAcknowledgement(in Delivery<Record> delivery) => seen.Add($"{TextOf(delivery.State)} told {name}");
    }

    private sealed class Telling(Action told) : IProducerInterceptor
    {
        public Record OnSend(Record record) => record;

        public void OnAcknowledgement(in Delivery<Record> delivery) => told();
    }

    private sealed class Throwing : IProducerInterceptor
    {
        public Record OnSend(Record record) => throw new InvalidOperationException();

        public void OnAcknowledgement(in Delivery<Record> delivery) => throw new InvalidOperationException();
    }
}
