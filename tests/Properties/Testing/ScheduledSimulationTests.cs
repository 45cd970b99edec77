using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Microsoft.Extensions.Time.Testing;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Testing;

/// <summary>Samples to copy: a producer in tests whose clock is an Rx scheduler's, or Microsoft's FakeTimeProvider. Nothing waits for real time.</summary>
public sealed class ScheduledSimulationTests
{
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(5);

    [Fact]
    public void Interval_and_linger_run_on_one_clock()
    {
        var scheduler = new HistoricalScheduler();
        var (kafka, producer) = Start(new ScheduledSimulation(scheduler), scheduler);
        using var source = Observable.Interval(TimeSpan.FromMilliseconds(10), scheduler).Select(static n => new Record("t", $"{n}")).Subscribe(producer);

        scheduler.AdvanceBy(TimeSpan.FromMilliseconds(15) - TimeSpan.FromTicks(1));
        Assert.Empty(kafka.ReadLog("t"));
        scheduler.AdvanceBy(TimeSpan.FromTicks(1));
        Assert.Equal(["0"], kafka.ReadLog("t").Select(static record => record.ValueText));
        scheduler.AdvanceBy(TimeSpan.FromSeconds(1));
        Assert.Equal(101, kafka.ReadLog("t").Count);
        Assert.Equal(101, kafka.ReadBatches("t", 0).Count);
        End(producer, scheduler);
    }

    [Fact]
    public void Buffer_cuts_the_stream_and_linger_gathers_what_it_gives()
    {
        var scheduler = new HistoricalScheduler(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var (kafka, producer) = Start(new ScheduledSimulation(scheduler), scheduler);
        var began = scheduler.Now;
        var acks = new List<(long Offset, TimeSpan At)>();
        using var reader = producer.Acks.Subscribe(ack => acks.Add((ack.Offset, scheduler.Now - began)));
        using var source = Observable.Interval(TimeSpan.FromMilliseconds(1), scheduler)
            .Buffer(TimeSpan.FromMilliseconds(4), scheduler)
            .Select(static ticks => new Record("t", string.Join(' ', ticks)))
            .Subscribe(producer);

        scheduler.AdvanceBy(TimeSpan.FromMilliseconds(29));
        Assert.Equal("0 1 2", kafka.ReadLog("t")[0].ValueText);

        // Windows end at 4, 8, 12, …; a batch opens with the first, takes the second, and closes 5 ms after it was opened.
        Assert.Equal([9, 9, 17, 17, 25, 25], acks.Select(static ack => ack.At.TotalMilliseconds));
        End(producer, scheduler);
    }

    [Fact]
    [Law("L56")]
    public void Equal_seeds_give_equal_runs_also_with_back_off()
    {
        Assert.Equal(Run(1), Run(1));
        Assert.NotEqual(Run(1), Run(2));

        static List<long> Run(int seed)
        {
            var scheduler = new HistoricalScheduler();
            var (kafka, producer) = Start(new ScheduledSimulation(scheduler, seed), scheduler);
            kafka.Faults.On(ApiKey.Produce).Times(5).Fail(6);
            var times = new List<long>();
            kafka.RequestReceived = _ => times.Add(scheduler.Now.Ticks);
            var sent = producer.SendAsync(new Record("t", "v")).AsTask();
            scheduler.AdvanceBy(TimeSpan.FromSeconds(30));
            Assert.True(sent.IsCompletedSuccessfully);
            End(producer, scheduler);
            return times;
        }
    }

    [Fact]
    public void A_call_that_would_block_says_what_to_do_and_an_observers_exception_comes_out_of_advance()
    {
        var scheduler = new HistoricalScheduler();
        var world = new ScheduledSimulation(scheduler);
        var producer = new KafkaProducer(Options(world.StartKafka(), world.Runtime, world.Network));
        var error = Assert.Throws<InvalidOperationException>(() => producer.OnNext(new Record("t", "its topic is not known yet")));
        Assert.Contains("GetPartitionsAsync", error.Message, StringComparison.Ordinal);

        var (_, second) = Start(new ScheduledSimulation(scheduler), scheduler);
        using var throwing = second.Acks.Subscribe(static _ => throw new FormatException());
        second.OnNext(new Record("t", "v"));
        Assert.Throws<FormatException>(() => scheduler.AdvanceBy(TimeSpan.FromSeconds(1)));
        scheduler.Stop(); // after an exception it thinks that it runs
        End(second, scheduler);
        End(producer, scheduler);
    }

    [Fact]
    public void Microsofts_FakeTimeProvider_is_a_clock_too()
    {
        var time = new FakeTimeProvider();
        using var simulation = new Simulation(seed: 1); // its scheduler is pumped by hand, its own clock stands still
        var kafka = simulation.StartKafka();
        kafka.CreateTopic("t");
        var producer = new KafkaProducer(Options(kafka, new ProducerRuntime { Time = time, TaskScheduler = simulation.Scheduler, Random = simulation.Random }, simulation.Network));
        var sent = producer.SendAsync(new Record("t", "v")).AsTask();
        simulation.RunUntilIdle();

        time.Advance(Linger - TimeSpan.FromTicks(1));
        simulation.RunUntilIdle();
        Assert.Empty(kafka.ReadLog("t"));
        time.Advance(TimeSpan.FromTicks(1));
        simulation.RunUntilIdle();
        Assert.Single(kafka.ReadLog("t"));
        Assert.True(sent.IsCompletedSuccessfully);
        var end = producer.DisposeAsync().AsTask();
        simulation.RunUntilIdle();
        Assert.True(end.IsCompletedSuccessfully);
    }

    private static (EmbeddedKafka Kafka, KafkaProducer Producer) Start(ScheduledSimulation world, HistoricalScheduler scheduler)
    {
        var kafka = world.StartKafka();
        kafka.CreateTopic("t");
        var producer = new KafkaProducer(Options(kafka, world.Runtime, world.Network));

        // Before the first OnNext, which would block. The scheduler does nothing in no time, so time moves by a tick.
        var known = producer.GetPartitionsAsync("t").AsTask();
        scheduler.AdvanceBy(TimeSpan.FromTicks(1));
        Assert.True(known.IsCompletedSuccessfully);
        return (kafka, producer);
    }

    private static KafkaProducerOptions Options(EmbeddedKafka kafka, ProducerRuntime runtime, VirtualNetwork network) =>
        new() { BootstrapServers = kafka.BootstrapServers, Runtime = runtime, Transport = network, Linger = Linger };

    private static void End(KafkaProducer producer, HistoricalScheduler scheduler)
    {
        var end = producer.DisposeAsync().AsTask();
        scheduler.AdvanceBy(TimeSpan.FromMinutes(1));
        Assert.True(end.IsCompletedSuccessfully);
    }
}
