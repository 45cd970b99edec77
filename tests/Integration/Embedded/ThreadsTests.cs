using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded;

/// <summary>Laws on real threads, where a simulation cannot go. What the log holds is read back by the brokers' own decoder.</summary>
public sealed class ThreadsTests
{
    private const int Partitions = 6;
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(40);

    // L17, L21: what is acknowledged is on the log once, what failed as NotPersisted is not, and each thread's records keep their order per partition.
    [Theory]
    [Law("L17", "L21")]
    [InlineData("default", false)]
    [InlineData("default", true)]
    [InlineData("small batches", true)]
    [InlineData("tight memory", false)]
    [InlineData("tight memory", true)]
    public async Task Many_threads_push_at_once(string setting, bool faults)
    {
        const int threads = 8;
        const int each = 4000;
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 3);
        kafka.CreateTopic("t", Partitions);
        if (faults)
        {
            Disturb(kafka);
        }

        await using var producer = new KafkaProducer(Options(kafka, setting));
        var deliveries = new Watcher<Delivery<Record>>();
        var acks = new Watcher<RecordMetadata>();
        using var first = producer.Deliveries.Subscribe(deliveries);
        using var second = producer.Acks.Subscribe(acks);

        await RealThreads.RunAsync(threads, thread =>
        {
            for (var n = 0; n < each; n++)
            {
                // Every seventh goes anywhere: L21 speaks of the keyed and explicit ones.
                var value = string.Create(CultureInfo.InvariantCulture, $"{thread}:{n}");
                producer.OnNext(n % 7 == 6 ? new Record("t", value) : n % 2 == 0 ? new Record("t", $"key-{n % 50}", value) : new Record("t", value) { Partition = n % Partitions });
            }
        }).WaitAsync(Late);
        producer.OnCompleted();
        await producer.Completion.WaitAsync(Late);

        Assert.False(deliveries.Overlapped);
        Assert.Equal(threads * each, deliveries.Seen.Count);
        Assert.Equal(acks.Seen.Count, deliveries.Seen.Count(static d => d.Succeeded));
        Assert.All(deliveries.Seen, static d => Assert.True(d.Succeeded, d.Error?.Message));
        var log = kafka.ReadLog("t");
        Assert.Equal(
            deliveries.Seen.Select(static d => System.Text.Encoding.UTF8.GetString(d.State.Value!.Value.Span)).Order(StringComparer.Ordinal),
            log.Select(static r => r.ValueText!).Order(StringComparer.Ordinal));
        Assert.All(log.GroupBy(static r => (r.Partition, Thread: r.ValueText!.Split(':')[0])), static group =>
        {
            var numbers = group.Select(static r => int.Parse(r.ValueText!.Split(':')[1])).Where(static n => n % 7 != 6).ToArray();
            Assert.Equal(numbers.Order(), numbers);
        });

        // Where they say they are, there they are.
        var byPlace = log.ToDictionary(static r => (r.Partition, r.Offset), static r => r.ValueText);
        Assert.All(deliveries.Seen.Where(static d => d.Metadata.Offset >= 0), d =>
            Assert.Equal(System.Text.Encoding.UTF8.GetString(d.State.Value!.Value.Span), byPlace[(d.Metadata.Partition, d.Metadata.Offset)]));
    }

    [Theory]
    [InlineData("default", false)]
    [InlineData("tight memory", true)]
    public async Task A_thousand_await_at_once(string setting, bool faults)
    {
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 3);
        kafka.CreateTopic("t", Partitions);
        if (faults)
        {
            Disturb(kafka);
        }

        await using var producer = new KafkaProducer(Options(kafka, setting));
        using var never = new CancellationTokenSource();
        var places = new ConcurrentDictionary<(int, long), string>();
        var unplaced = 0;
        var awaiters = Enumerable.Range(0, 1000).Select(i => Task.Run(async () =>
        {
            for (var n = 0; n < 20; n++)
            {
                var value = string.Create(CultureInfo.InvariantCulture, $"{i}:{n}");
                var record = n % 3 == 0 ? new Record("t", value) : new Record("t", $"key-{i}", value);
                var ack = (i % 3) switch
                {
                    0 => await producer.SendAsync(record),
                    1 => await producer.SendAsync(record, never.Token),
                    _ => await await producer.EnqueueAsync(record),
                };
                if (ack.Offset >= 0)
                {
                    Assert.True(places.TryAdd((ack.Partition, ack.Offset), value));
                }
                else
                {
                    Interlocked.Increment(ref unplaced);
                }
            }
        })).ToArray();
        await Task.WhenAll(awaiters).WaitAsync(Late);

        var log = kafka.ReadLog("t");
        Assert.Equal(20_000, log.Count);
        Assert.Equal(20_000, log.Select(static r => r.ValueText).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(20_000, places.Count + unplaced);
        var byPlace = log.ToDictionary(static r => (r.Partition, r.Offset), static r => r.ValueText);
        Assert.All(places, place => Assert.Equal(place.Value, byPlace[place.Key]));
    }

    // The line before the topic is known must dissolve: a record that comes later is accepted at once, not behind a line that nobody stands in.
    [Fact]
    public async Task Nobody_stands_in_line_when_the_crowd_has_gone()
    {
        for (var round = 0; round < 5; round++)
        {
            await using var kafka = await EmbeddedKafka.StartAsync();
            await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, Linger = TimeSpan.Zero });
            await RealThreads.RunAsync(8, _ =>
            {
                for (var i = 0; i < 2000; i++)
                {
                    producer.OnNext(new Record("t", "v"));
                }
            }).WaitAsync(Late);
            await producer.FlushAsync().AsTask().WaitAsync(Late);

            // The last caller is woken just before its place in line is given up, and the drainer's batch goes back after that.
            await Eventually.TrueAsync(() => producer.GetStatus().WaitingRecords == 0);
            await Eventually.TrueAsync(() => producer.EnqueueAsync(new Record("t", "next")).IsCompletedSuccessfully);
        }
    }

    [Fact]
    public async Task A_slow_reader_of_16_misses_nothing()
    {
        const int count = 5000;
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 2);
        kafka.CreateTopic("t", Partitions);
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, MaxUnobservedDeliveries = 500, BatchSize = 1000 });
        var places = new HashSet<(int, long)>();
        var random = new Random(1);
        var reading = ReadAsync();
        var tap = TapAsync();
        await RealThreads.RunAsync(4, _ =>
        {
            for (var i = 0; i < count / 4; i++)
            {
                producer.OnNext(new Record("t", "v"));
            }
        }).WaitAsync(Late);
        producer.OnCompleted();
        await reading.WaitAsync(Late);
        await producer.Completion.WaitAsync(Late);

        Assert.Equal(count, places.Count);
        Assert.InRange(await tap.WaitAsync(Late), 1, count);

        async Task ReadAsync()
        {
            await foreach (var ack in producer.Acks.ReadAllAsync(capacity: 16))
            {
                Assert.True(places.Add((ack.Partition, ack.Offset)));
                for (var pause = random.Next(20); pause > 0; pause--)
                {
                    await Task.Yield();
                }
            }
        }

        // One that may miss some holds nobody up.
        async Task<int> TapAsync()
        {
            var seen = 0;
            await foreach (var _ in producer.Deliveries.ReadAllAsync(capacity: 1, BoundedChannelFullMode.DropOldest))
            {
                seen++;
                await Task.Yield();
            }

            return seen;
        }
    }

    [Fact]
    public async Task A_reader_that_leaves_or_is_cancelled_releases_the_stream()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, MaxUnobservedDeliveries = 10, BatchSize = 500 });
        using var cancel = new CancellationTokenSource();
        var leaving = LeaveAsync();
        var cancelled = NeverReadAsync();
        var pushing = RealThreads.RunAsync(2, _ =>
        {
            for (var i = 0; i < 2000; i++)
            {
                producer.OnNext(new Record("t", "v"));
            }
        });
        Assert.Equal(100, await leaving.WaitAsync(Late));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Late));
        await pushing.WaitAsync(Late);
        producer.OnCompleted();
        await producer.Completion.WaitAsync(Late);
        Assert.Equal(4000, kafka.Counters.Records);

        async Task<int> LeaveAsync()
        {
            var seen = 0;
            await foreach (var _ in producer.Acks.ReadAllAsync(capacity: 16))
            {
                if (++seen == 100)
                {
                    break;
                }
            }

            return seen;
        }

        async Task NeverReadAsync()
        {
            await using var reader = producer.Deliveries.ReadAllAsync(capacity: 200, cancellationToken: cancel.Token).GetAsyncEnumerator();
            Assert.True(await reader.MoveNextAsync());
            await leaving;
            while (true)
            {
                cancel.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task Dispose_amid_traffic_leaves_no_record_without_outcome()
    {
        for (var round = 0; round < 10; round++)
        {
            await using var kafka = await EmbeddedKafka.StartAsync(brokers: 2);
            kafka.CreateTopic("t", Partitions);
            using var log = new EventLog();
            var producer = new KafkaProducer(Options(kafka, "tight memory"), log);
            var watcher = new Watcher<Delivery<Record>>();
            using var subscription = producer.Deliveries.Subscribe(watcher);
            var sent = new ConcurrentBag<Task<RecordMetadata>>();
            var traffic = RealThreads.RunAsync(6, thread =>
            {
                try
                {
                    for (var i = 0; i < 20_000; i++)
                    {
                        var record = new Record("t", i % 2 == 0 ? $"{i}" : null, $"{thread}:{i}");
                        if (thread % 2 == 0)
                        {
                            producer.OnNext(record);
                        }
                        else
                        {
                            sent.Add(producer.SendAsync(record).AsTask());
                        }
                    }
                }
                catch (ObjectDisposedException)
                {
                    // The end of an awaiting source.
                }
            });
            await Eventually.TrueAsync(() => kafka.Counters.Records > 1000);

            await producer.DisposeAsync().AsTask().WaitAsync(Late);

            await traffic.WaitAsync(Late);
            await watcher.Ended.WaitAsync(Late);
            await producer.Completion.WaitAsync(Late);
            var acknowledged = 0;
            foreach (var task in sent)
            {
                try
                {
                    await task.WaitAsync(Late);
                    acknowledged++;
                }
                catch (KafkaProduceException e)
                {
                    Assert.Equal(ProduceErrorCode.Closed, e.Code);
                    Assert.Equal(Persistence.NotPersisted, e.Persistence);
                }
            }

            Assert.All(watcher.Seen, static d => Assert.True(d.Succeeded || d.Error!.Code == ProduceErrorCode.Closed, d.Error?.Message));
            Assert.Equal(kafka.Counters.Records, acknowledged + watcher.Seen.Count(static d => d.Succeeded));
            Assert.Empty(log.Errors);
        }
    }

    private static void Disturb(EmbeddedKafka kafka)
    {
        kafka.Faults.On(ApiKey.Produce).Skip(3).Fail(6).Times(2);
        kafka.Faults.On(ApiKey.Produce).Skip(6).CutConnection(afterAppend: true).Times(1);
        kafka.Faults.On(ApiKey.Produce).Skip(10).CutConnection(afterAppend: false).Times(1);
        kafka.Faults.On(ApiKey.Produce).Skip(15).Fail(7, afterAppend: true).Times(2);
        kafka.Faults.On(ApiKey.Metadata).Skip(1).CutConnection(afterAppend: false).Times(1);
    }

    private static KafkaProducerOptions Options(EmbeddedKafka kafka, string setting)
    {
        var options = new KafkaProducerOptions
        {
            BootstrapServers = kafka.BootstrapServers,
            RetryBackoff = TimeSpan.FromMilliseconds(5),
            RetryBackoffMax = TimeSpan.FromMilliseconds(20),
            ReconnectBackoff = TimeSpan.FromMilliseconds(5),
            ReconnectBackoffMax = TimeSpan.FromMilliseconds(20),
        };
        return setting switch
        {
            "small batches" => options with { BatchSize = 200, Linger = TimeSpan.Zero },
            "tight memory" => options with { BatchSize = 4096, BufferMemory = 64 * 1024, MaxRequestSize = 16 * 1024 },
            _ => options,
        };
    }
}
