using System.Reactive.Concurrency;
using System.Runtime.ExceptionServices;
using Rx.Kafka.Testing.Brokers;
using Rx.Kafka.Testing.Network;
using Rx.Kafka.Testing.Scheduling;

namespace Rx.Kafka.Testing;

/// <summary>
/// A producer's whole world on an Rx scheduler of yours: who moves that one, with <c>AdvanceBy</c>, moves operators, linger, timeouts, brokers and network together. Equal seeds give equal runs, and
/// nothing waits for real time.
/// </summary>
/// <remarks>
/// For tests that have a <see cref="HistoricalScheduler"/> or a TestScheduler already; others are shorter with <see cref="Simulation"/>, which moves its clock by itself, has an Rx scheduler too and lets
/// callers block: <code>
/// var scheduler = new HistoricalScheduler();
/// var world = new ScheduledSimulation(scheduler);
/// var kafka = world.StartKafka();
/// kafka.CreateTopic("ticks");
/// var producer = new KafkaProducer(new KafkaProducerOptions
/// {
///     BootstrapServers = kafka.BootstrapServers, Runtime = world.Runtime, Transport = world.Network, Linger = TimeSpan.FromMilliseconds(5),
/// });
/// var known = producer.GetPartitionsAsync("ticks").AsTask(); // or the first OnNext would block
/// scheduler.AdvanceBy(TimeSpan.FromMilliseconds(1));
/// Observable.Interval(TimeSpan.FromMilliseconds(10), scheduler).Select(n => new Record("ticks", $"{n}")).Subscribe(producer);
/// scheduler.AdvanceBy(TimeSpan.FromMilliseconds(14));       // the first tick lingers
/// scheduler.AdvanceBy(TimeSpan.FromMilliseconds(1));        // and is on the log
/// </code>
/// Everything happens on the thread that moves the scheduler. What waits is a task: keep it, advance, look at it. A call that would have to block throws instead. What an observer of the producer's
/// streams throws comes out of <c>AdvanceBy</c>. <c>Start</c> may never end: it runs as long as a timer is armed. Each step on a TestScheduler takes one of its ticks.
/// </remarks>
public sealed class ScheduledSimulation
{
    private readonly int _seed;

    /// <summary>Makes a world that moves when the scheduler does.</summary>
    /// <param name="scheduler">A virtual scheduler: <see cref="HistoricalScheduler"/> or TestScheduler.</param>
    /// <param name="seed">Decides all chance.</param>
    /// <exception cref="ArgumentException">The scheduler cannot keep timers, see <see cref="SchedulerTimeProvider"/>.</exception>
    public ScheduledSimulation(IScheduler scheduler, int seed = 0)
    {
        _seed = seed;
        Time = new SchedulerTimeProvider(scheduler);
        var tasks = new ScheduledTasks(scheduler);

        // Chance of its own for each user, so that one more draw by one does not shift the others.
        Network = new VirtualNetwork(Time, tasks, new Random(seed ^ 0x0E7), touch: static () => { }, trace: static _ => { });
        Runtime = new ScheduledRuntime
        {
            Time = Time,
            TaskScheduler = tasks,
            Random = new Random(seed ^ 0x5EED),
            ObserverThrew = error => scheduler.Schedule(() => ExceptionDispatchInfo.Throw(error)),
        };
    }

    /// <summary>The scheduler's clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Clock, tasks, chance and blocking, for <see cref="KafkaProducerOptions.Runtime"/>.</summary>
    public ProducerRuntime Runtime { get; }

    /// <summary>The network between producer and brokers, for <see cref="KafkaProducerOptions.Transport"/>.</summary>
    public VirtualNetwork Network { get; }

    /// <summary>Starts brokers on the network, at prefix1:9092, prefix2:9092 and so on.</summary>
    /// <param name="brokers">How many.</param>
    /// <param name="options">How they behave; null = the defaults.</param>
    /// <param name="prefix">What their host names begin with.</param>
    /// <returns>The running brokers.</returns>
    public EmbeddedKafka StartKafka(int brokers = 1, EmbeddedKafkaOptions? options = null, string prefix = "broker-") =>
        new(new Cluster(brokers, options ?? new EmbeddedKafkaOptions(), Time, new Random(_seed ^ 0xB40)), new VirtualBrokers(Network, prefix));
}
