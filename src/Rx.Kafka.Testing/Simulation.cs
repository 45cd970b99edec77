using System.Reactive.Concurrency;
using Rx.Kafka.Testing.Brokers;
using Rx.Kafka.Testing.Network;
using Rx.Kafka.Testing.Simulating;

namespace Rx.Kafka.Testing;

/// <summary>A producer's whole world in one place: its clock, tasks, chance, blocking and network. The same seed gives the same run, and minutes of virtual time pass in milliseconds.</summary>
/// <remarks>
/// Make it and use it on one thread: <code>
/// using var simulation = new Simulation(seed: 42);
/// var kafka = simulation.StartKafka(brokers: 3);
/// kafka.CreateTopic("orders", 6);
/// simulation.Run(async () =>
/// {
///     await using var producer = new KafkaProducer(new KafkaProducerOptions
///     {
///         BootstrapServers = kafka.BootstrapServers, Runtime = simulation.Runtime, Transport = simulation.Network,
///     });
///     await producer.SendAsync(new Record("orders", "hello"));
/// });
/// </code>
/// Inside <see cref="Run(Func{Task})"/> nothing may leave the simulation: no <c>ConfigureAwait(false)</c>, no thread pool, no real timers; whoever must block calls <see cref="ProducerRuntime.Wait"/>.
/// <para>xunit has a class <c>Record</c> too; in its test files write <c>using Record = Rx.Kafka.Record;</c>.</para>
/// </remarks>
public sealed class Simulation : IDisposable
{
    private readonly Pump _pump;
    private readonly UnhandledExceptions _unhandled = new();

    /// <summary>Makes a world that stands still until it is run.</summary>
    /// <param name="seed">Decides the order of steps and all chance.</param>
    public Simulation(int seed)
    {
        Seed = seed;
        Time = new VirtualTime();
        Scheduler = new PumpedScheduler(seed);
        Time.Touched = Scheduler.Touch;
        _pump = new Pump(Scheduler, Time);

        // Chance of its own for each user, so that one more draw by one does not shift the others.
        Random = new Random(seed ^ 0x5EED);
        Network = new VirtualNetwork(Time, Scheduler, new Random(seed ^ 0x0E7), Scheduler.Touch, Scheduler.Trace);
        RxScheduler = new VirtualRxScheduler(Time, Scheduler, _unhandled.FromRxScheduler);
        Runtime = new SimulatedRuntime(_pump) { Time = Time, TaskScheduler = Scheduler, Random = Random, ObserverThrew = _unhandled.FromObserver };
    }

    /// <summary>What the run is decided by; print it when a law fails.</summary>
    public int Seed { get; }

    /// <summary>The clock; jumps to the next deadline when nothing else can run.</summary>
    public VirtualTime Time { get; }

    /// <summary>Where all tasks of the simulation run.</summary>
    public PumpedScheduler Scheduler { get; }

    /// <summary>The producer's chance.</summary>
    public Random Random { get; }

    /// <summary>The network between producer and brokers.</summary>
    public VirtualNetwork Network { get; }

    /// <summary>The same network, as <see cref="KafkaProducerOptions.Transport"/> wants it.</summary>
    public ITransport Transport => Network;

    /// <summary>Clock, tasks, chance and blocking, for <see cref="KafkaProducerOptions.Runtime"/>.</summary>
    public ProducerRuntime Runtime { get; }

    /// <summary>
    /// The simulation's clock and tasks as Rx wants them: <c>Observable.Interval(period, simulation.RxScheduler)</c>. Like an event loop it does one thing after the other, so an item that blocks in
    /// <see cref="KafkaProducer.OnNext"/> keeps the later ones waiting. Every operator that takes a scheduler needs it: with the default one, sources call from real threads, and the run fails.
    /// </summary>
    public IScheduler RxScheduler { get; }

    /// <summary>How many steps were taken.</summary>
    public long Steps => Scheduler.Steps;

    /// <summary>How many steps were taken off the simulation's thread. Must stay 0.</summary>
    public long StepsOffThread => Scheduler.StepsOffThread;

    /// <summary>A hash over all choices and all bytes on the network so far; equal for equal runs.</summary>
    public ulong TraceHash => Scheduler.TraceHash;

    /// <summary>Whether a run with steps off its thread fails at its end. Default: true.</summary>
    public bool FailsOnStepsOffThread { get; set; } = true;

    /// <summary>
    /// Whether a run fails at its end with the first exception that an observer of a producer's streams, or a work item of <see cref="RxScheduler"/>, threw meanwhile: outside a simulation the one is
    /// only logged, the other ends the process. Default: true.
    /// </summary>
    public bool FailsOnUnhandledExceptions { get; set; } = true;

    /// <summary>
    /// Whether the clock, before it jumps by a second or more, and each run at its end give the thread pool the time to bring back what escaped to it. That costs a short run most of its time;
    /// without it an escape is counted only if it comes back while the simulation runs. Default: true.
    /// </summary>
    public bool LooksForEscapes
    {
        get => _pump.LooksForEscapes;
        set => _pump.LooksForEscapes = value;
    }

    /// <summary>The steps one run may take. Default: 5,000,000.</summary>
    public long StepsPerRun
    {
        get => _pump.StepsPerRun;
        set => _pump.StepsPerRun = value;
    }

    /// <summary>The virtual time one run may take. Default: one day.</summary>
    public TimeSpan TimePerRun
    {
        get => _pump.TimePerRun;
        set => _pump.TimePerRun = value;
    }

    /// <summary>The real time one step may take before the run fails. Default: 60 s.</summary>
    public TimeSpan RealTimePerStep
    {
        get => _pump.RealTimePerStep;
        set => _pump.RealTimePerStep = value;
    }

    /// <summary>Runs a body inside the simulation until its task ends, moving the clock whenever nothing else can run.</summary>
    /// <param name="body">What to do; it runs as a step of the simulation.</param>
    /// <exception cref="SimulationException">Nothing can run any more, a limit is passed, a step was taken off the simulation's thread, or an observer threw.</exception>
    public void Run(Func<Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var task = Scheduler.Start(body).Unwrap();
        Finish(task);
    }

    /// <summary>Runs a body inside the simulation until its task ends.</summary>
    /// <typeparam name="T">What the body returns.</typeparam>
    /// <inheritdoc cref="Run(Func{Task})"/>
    /// <returns>The body's result.</returns>
    public T Run<T>(Func<Task<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var task = Scheduler.Start(body).Unwrap();
        Finish(task);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Takes every step that can be taken at this instant; the clock stands still.</summary>
    /// <exception cref="SimulationException">A limit is passed, a step was taken off the simulation's thread, or an observer threw.</exception>
    public void RunUntilIdle()
    {
        if (_pump.Runs)
        {
            throw new InvalidOperationException("RunUntilIdle is for the thread outside; inside the simulation await something.");
        }

        Finish(null);
    }

    /// <summary>Lets virtual time pass, with all that happens meanwhile, and takes every step that can be taken then.</summary>
    /// <param name="by">How long; not negative.</param>
    /// <exception cref="SimulationException">A limit is passed, a step was taken off the simulation's thread, or an observer threw.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        Run(() => Task.Delay(by, Time));
        RunUntilIdle();
    }

    /// <summary>Starts brokers on the simulation's network, at prefix1:9092, prefix2:9092 and so on.</summary>
    /// <param name="brokers">How many.</param>
    /// <param name="options">How they behave; null = the defaults.</param>
    /// <param name="prefix">What their host names begin with; a second cluster needs another one, or the first one's brokers stopped.</param>
    /// <returns>The running brokers.</returns>
    public EmbeddedKafka StartKafka(int brokers = 1, EmbeddedKafkaOptions? options = null, string prefix = "broker-") =>
        new(new Cluster(brokers, options ?? new EmbeddedKafkaOptions(), Time, new Random(Seed ^ 0xB40)), new VirtualBrokers(Network, prefix));

    /// <summary>Ends the simulation's threads. Threads that still wait in it get a <see cref="SimulationException"/>.</summary>
    public void Dispose() => _pump.End();

    /// <summary>Pumps until the task has ended, without a task until nothing can run, and tells what went wrong: first what nobody else has seen.</summary>
    private void Finish(Task? task)
    {
        Exception? end = null;
        try
        {
            if (task is null)
            {
                _pump.RunRoot(null);
            }
            else
            {
                _pump.Wait(task);
                task.GetAwaiter().GetResult();
            }

            ThrowIfEscaped();
        }
        catch (Exception e) when (FailsOnUnhandledExceptions && _unhandled.Any)
        {
            end = e;
        }

        if (FailsOnUnhandledExceptions && _unhandled.Take(end) is { } failure)
        {
            throw failure;
        }
    }

    private void ThrowIfEscaped()
    {
        if (LooksForEscapes)
        {
            Scheduler.CallBackEscaped(rounds: 1);
        }

        if (FailsOnStepsOffThread && Scheduler.Escapes is { } escapes)
        {
            throw new SimulationException(escapes);
        }
    }
}
