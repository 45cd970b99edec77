using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Testing;

/// <summary>The simulation's Rx scheduler does one thing after the other, as an event loop does: operators with a gate may stand before a producer that waits.</summary>
public sealed class RxSchedulerTests
{
    private static readonly Dictionary<string, Func<IScheduler, IObservable<long>>> Pipelines = new()
    {
        ["Buffer"] = static rx => Numbers(rx).Buffer(TimeSpan.FromMilliseconds(20), rx).SelectMany(static buffer => buffer),
        ["Merge"] = static rx => Numbers(rx).Where(static i => i % 2 == 0).Merge(Numbers(rx).Where(static i => i % 2 == 1)),
        ["Delay"] = static rx => Numbers(rx).Delay(TimeSpan.FromMilliseconds(15), rx),
        ["Window"] = static rx => Numbers(rx).Window(TimeSpan.FromMilliseconds(7), 3, rx).Merge(),
        ["ObserveOn"] = static rx => Numbers(rx).ObserveOn(rx),
    };

    public static TheoryData<string> Names => [.. Pipelines.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_pipeline_before_a_producer_that_waits_comes_to_its_end(string name) => Law.Seeds(name, seed =>
    {
        using var simulation = new Simulation(seed) { RealTimePerStep = TimeSpan.FromSeconds(10), LooksForEscapes = false };
        simulation.Network.Latency = TimeSpan.FromMilliseconds(5);
        var kafka = simulation.StartKafka();
        kafka.CreateTopic("t");
        simulation.Run(async () =>
        {
            await using var producer = new KafkaProducer(new KafkaProducerOptions
            {
                BootstrapServers = kafka.BootstrapServers,
                Runtime = simulation.Runtime,
                Transport = simulation.Network,
                BatchSize = 0,
                BufferMemory = 8192,
            });
            using var source = Pipelines[name](simulation.RxScheduler).Select(static i => new Record("t", $"{i}", new byte[1000])).Subscribe(producer);
            await producer.Completion;
        });
        Assert.Equal(Enumerable.Range(0, 200).Select(static i => $"{i}").Order(StringComparer.Ordinal), kafka.ReadLog("t").Select(static record => record.KeyText!).Order(StringComparer.Ordinal));
        Assert.Equal(0, simulation.StepsOffThread);
    }, 5);

    [Fact]
    public void Items_that_are_due_run_in_their_order_and_wait_for_one_that_blocks() => Law.Seeds("order of items", seed =>
    {
        using var simulation = new Simulation(seed);
        var order = new List<int>();
        simulation.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                var number = i;
                simulation.RxScheduler.Schedule(() =>
                {
                    if (number == 3)
                    {
                        simulation.Runtime.Wait(Task.Delay(TimeSpan.FromSeconds(1), simulation.Time));
                    }

                    order.Add(number);
                });
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), simulation.Time);
            Assert.Equal([0, 1, 2], order);
            await Task.Delay(TimeSpan.FromSeconds(1), simulation.Time);
        });
        Assert.Equal(Enumerable.Range(0, 10), order);
    }, 10);

    private static IObservable<long> Numbers(IScheduler rx) => Observable.Interval(TimeSpan.FromMilliseconds(1), rx).Take(200);
}
