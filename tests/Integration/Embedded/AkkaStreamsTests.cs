using System.Collections.Concurrent;
using System.Globalization;
using Akka;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using Reactive.Streams;
using Rx.Kafka.ReactiveStreams;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded;

/// <summary>Akka.Streams, which passes the test kit of Reactive Streams, at both ends of a sink, over sockets and on real threads.</summary>
public sealed class AkkaStreamsTests : IAsyncLifetime
{
    private const int Count = 20_000;
    private const int Partitions = 3;
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(120);

    private readonly ActorSystem _system = ActorSystem.Create("streams", "akka.loglevel = WARNING");
    private EmbeddedKafka _kafka = null!;

    public async Task InitializeAsync()
    {
        _kafka = await EmbeddedKafka.StartAsync(brokers: 3);
        _kafka.CreateTopic("t", Partitions);
    }

    public async Task DisposeAsync()
    {
        await _system.Terminate();
        await _kafka.DisposeAsync();
    }

    [Theory]
    [Law("RS2.1", "RS2.2")]
    [InlineData(1)]
    [InlineData(256)]
    public async Task A_source_runs_into_a_sink(int demand)
    {
        await using var producer = Producer();
        var sink = producer.OpenSink();
        Records().RunWith(Sink.FromSubscriber(sink.ToSubscriber(demand)), _system.Materializer());
        await sink.Completion.WaitAsync(Late);
        AssertAllOnTheLog();
    }

    /// <summary>A slow stage behind the outcomes: the source is held back, and nothing is lost.</summary>
    [Fact]
    [Law("RS4.1")]
    public async Task A_flow_of_records_and_outcomes_goes_as_fast_as_its_slowest_stage()
    {
        await using var producer = Producer();
        var (pulled, taken, most) = (0, 0, 0);
        var outcomes = await Records(_ => Interlocked.Increment(ref pulled))
            .Via(Flow.FromProcessor(() => producer.OpenSink().ToProcessor()))
            .SelectAsync(1, async delivery =>
            {
                await Task.Yield();
                most = Math.Max(most, Volatile.Read(ref pulled) - ++taken);
                return delivery;
            })
            .RunWith(Sink.Seq<Delivery<Record>>(), _system.Materializer())
            .WaitAsync(Late);
        Assert.Equal(Count, outcomes.Count);
        Assert.All(outcomes, static delivery => Assert.True(delivery.Succeeded, delivery.Error?.Message));
        Assert.InRange(most, 1, 3000);
        AssertAllOnTheLog();
    }

    /// <summary>A stage that does not move holds back the sink's input; then every acknowledgement comes.</summary>
    [Fact]
    [Law("RS1.1", "RS1.5")]
    public async Task Acknowledgements_wait_for_a_slow_stage()
    {
        await using var producer = Producer();
        var sink = producer.OpenSink();
        var publisher = new Watched<RecordMetadata>(sink.Acks.ToPublisher(16));
        var moves = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (written, taken, most) = (0, 0, 0);
        var reading = Source.FromPublisher(publisher)
            .SelectAsync(1, async ack =>
            {
                await moves.Task;
                most = Math.Max(most, Volatile.Read(ref written) - ++taken);
                return ack;
            })
            .RunWith(Sink.Seq<RecordMetadata>(), _system.Materializer());
        await publisher.Subscribed.WaitAsync(Late);
        var writing = WriteAsync();

        await Eventually.TrueAsync(() => !sink.Writer.WaitToWriteAsync().IsCompleted && Volatile.Read(ref written) > 100);
        moves.SetResult();
        var acks = await reading.WaitAsync(Late);
        await writing.WaitAsync(Late);
        Assert.Equal(Count, acks.Count);
        Assert.InRange(most, 100, 3000);
        Assert.All(acks.GroupBy(static ack => ack.Partition), static partition =>
            Assert.Equal(Enumerable.Range(0, partition.Count()).Select(static i => (long)i), partition.Select(static ack => ack.Offset)));

        async Task WriteAsync()
        {
            for (var i = 0; i < Count; i++)
            {
                await sink.Writer.WriteAsync(RecordOf(i));
                Volatile.Write(ref written, i);
            }

            sink.Writer.Complete();
        }
    }

    /// <summary>Take cancels: the sink ends, and what it had accepted is on the log.</summary>
    [Fact]
    [Law("RS4.2", "RS3.12")]
    public async Task A_flow_that_is_cancelled_ends_its_sink()
    {
        await using var producer = Producer();
        var sink = producer.OpenSink();
        var pulled = new ConcurrentQueue<int>();
        var outcomes = await Records(pulled.Enqueue)
            .Via(Flow.FromProcessor(() => sink.ToProcessor()))
            .Take(10)
            .RunWith(Sink.Seq<Delivery<Record>>(), _system.Materializer())
            .WaitAsync(Late);
        await sink.Completion.WaitAsync(Late);
        Assert.Equal(10, outcomes.Count);
        Assert.InRange(pulled.Count, 10, Count - 1);
        var log = _kafka.ReadLog("t").Select(static record => record.ValueText).ToHashSet(StringComparer.Ordinal);
        Assert.All(outcomes, delivery => Assert.Contains(System.Text.Encoding.UTF8.GetString(delivery.State.Value!.Value.Span), log));
    }

    /// <summary>The producer goes away under a stream that never ends: the stream is cancelled.</summary>
    [Fact]
    [Law("RS2.6")]
    public async Task Dispose_of_the_producer_cancels_the_source()
    {
        var producer = Producer();
        var sink = producer.OpenSink();
        var ended = Source.Cycle(static () => Enumerable.Range(0, Count).GetEnumerator())
            .Select(RecordOf)
            .WatchTermination(static (_, done) => done)
            .To(Sink.FromSubscriber(sink.ToSubscriber()))
            .Run(_system.Materializer());
        await Eventually.TrueAsync(() => _kafka.ReadLog("t").Count > 100);
        await producer.DisposeAsync();
        await ended.WaitAsync(Late);
    }

    private static Record RecordOf(int i) => new("t", i.ToString(CultureInfo.InvariantCulture)) { Partition = i % Partitions };

    private static Source<Record, NotUsed> Records(Action<int>? pulled = null) => Source.From(Enumerable.Range(0, Count)).Select(i =>
    {
        pulled?.Invoke(i);
        return RecordOf(i);
    });

    private void AssertAllOnTheLog()
    {
        var log = _kafka.ReadLog("t").ToLookup(static record => record.Partition, static record => record.ValueText);
        Assert.All(Enumerable.Range(0, Partitions), partition => Assert.Equal(
            Enumerable.Range(0, Count).Where(i => i % Partitions == partition).Select(static i => i.ToString(CultureInfo.InvariantCulture)), log[partition]));
    }

    private KafkaProducer Producer() => new(new KafkaProducerOptions
    {
        BootstrapServers = _kafka.BootstrapServers,
        BatchSize = 1000,
        BufferMemory = 64 << 10,
        MaxUnobservedDeliveries = 100,
        Linger = TimeSpan.Zero,
    });

    /// <summary>Tells when somebody has subscribed: the stages of a stream do so at a time of their own.</summary>
    private sealed class Watched<T>(IPublisher<T> inner) : IPublisher<T>
    {
        private readonly TaskCompletionSource _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Subscribed => _subscribed.Task;

        public void Subscribe(ISubscriber<T> subscriber)
        {
            inner.Subscribe(subscriber);
            _subscribed.TrySetResult();
        }
    }
}
