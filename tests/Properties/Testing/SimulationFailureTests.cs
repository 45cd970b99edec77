using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Testing;

/// <summary>What a simulated test did wrong fails its run, with a text that says what: nothing is swallowed, and nothing ends the process.</summary>
[Collection(Alone.Name)]
public sealed class SimulationFailureTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_run_fails_with_the_first_exception_that_an_observer_threw(bool ofAcks)
    {
        using var simulation = new Simulation(1);
        var e = Assert.Throws<SimulationException>(() => Run(simulation, async producer =>
        {
            using var tap = ofAcks
                ? producer.Acks.Subscribe(ack => Assert.Equal(-1, ack.Offset))
                : producer.Deliveries.Subscribe(static _ => throw new InvalidOperationException("oh"));
            producer.OnNext(new Record("t", "v"));
            await producer.FlushAsync();
        }));
        Assert.Contains("An observer of the producer threw", e.Message, StringComparison.Ordinal);
        Assert.Equal(ofAcks ? typeof(Xunit.Sdk.EqualException) : typeof(InvalidOperationException), e.InnerException!.GetType());

        // It was told once; the next run is its own.
        simulation.Run(static () => Task.CompletedTask);
    }

    [Fact]
    public void A_run_may_be_told_to_leave_throwing_observers_alone()
    {
        using var simulation = new Simulation(1) { FailsOnUnhandledExceptions = false };
        Run(simulation, async producer =>
        {
            producer.Acks.Subscribe(static _ => throw new InvalidOperationException("oh"));
            producer.OnNext(new Record("t", "v"));
            await producer.FlushAsync();
        });
    }

    [Fact]
    public void What_the_run_ended_with_is_told_beside_what_the_observer_threw()
    {
        using var simulation = new Simulation(1);
        var e = Assert.Throws<SimulationException>(() => Run(simulation, async producer =>
        {
            var seen = new TaskCompletionSource();
            producer.Acks.Subscribe(_ =>
            {
                Assert.Fail("oh");
                seen.SetResult();
            });
            producer.OnNext(new Record("t", "v"));
            await seen.Task.WaitAsync(TimeSpan.FromSeconds(5), simulation.Time);
        }));
        var both = Assert.IsType<AggregateException>(e.InnerException).InnerExceptions;
        Assert.Equal("oh", both[0].Message);
        Assert.IsType<TimeoutException>(both[1]);
    }

    [Fact]
    public void A_throwing_work_item_fails_the_run_and_later_items_are_done()
    {
        using var simulation = new Simulation(1);
        var done = false;
        var e = Assert.Throws<SimulationException>(() => simulation.Run(async () =>
        {
            simulation.RxScheduler.Schedule(static () => throw new InvalidOperationException("oh"));
            simulation.RxScheduler.Schedule(() => done = true);
            await Task.Delay(TimeSpan.FromMilliseconds(1), simulation.Time);
        }));
        Assert.Equal("oh", e.InnerException!.Message);
        Assert.True(done);
    }

    // The timer's thread must not throw: that would end the process, and all other tests with it.
    [Fact]
    public void A_source_on_a_real_scheduler_fails_the_run_with_the_remedy()
    {
        using var simulation = new Simulation(1);
        var e = Assert.Throws<SimulationException>(() => Run(simulation, producer =>
        {
            Thread? caller = null;
            using var source = Observable.Interval(TimeSpan.FromMilliseconds(1)).Do(_ => Volatile.Write(ref caller, Thread.CurrentThread)).Select(static i => new Record("t", $"{i}")).Subscribe(producer);

            // The topic is not known yet, and no step is taken before this one ends: so OnNext waits.
            RealThreads.SpinUntil(() => IsBlocked(Volatile.Read(ref caller)), "the source's thread did not wait in OnNext");
            return Task.CompletedTask;
        }));
        Assert.Contains("Simulation.RxScheduler", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thread_from_outside_waits_without_an_exception()
    {
        using var simulation = new Simulation(1);
        var end = new TaskCompletionSource();
        Task<Exception?>? outside = null;
        Assert.Throws<SimulationException>(() => simulation.Run(() =>
        {
            Thread? thread = null;
            outside = RealThreads.StartAsync(() =>
            {
                Volatile.Write(ref thread, Thread.CurrentThread);
                simulation.Runtime.Wait(end.Task);
            });
            RealThreads.SpinUntil(() => outside.IsCompleted || IsBlocked(Volatile.Read(ref thread)), "the thread did not wait");
            return Task.CompletedTask;
        }));
        Assert.False(outside!.IsCompleted);
        end.SetResult();
        Assert.Null(outside.WaitAsync(RealThreads.Patience).GetAwaiter().GetResult());
    }

    // Two steps and a lock: the one that should run wants what the other holds while it waits.
    [Fact]
    public void A_step_that_blocks_on_a_lock_is_told_with_its_state_and_where_the_others_wait()
    {
        using var simulation = new Simulation(1) { RealTimePerStep = TimeSpan.FromSeconds(2), FailsOnStepsOffThread = false };
        var gate = new Lock();
        var e = Assert.Throws<SimulationException>(() => simulation.Run(async () =>
        {
            _ = Start(HoldTheGateAndWait);
            await Task.Delay(TimeSpan.FromMilliseconds(1), simulation.Time);
            lock (gate)
            {
                Assert.Fail("The gate is held.");
            }
        }));
        Assert.Contains("No step ended", e.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(ThreadState.WaitSleepJoin), e.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(HoldTheGateAndWait), e.Message, StringComparison.Ordinal);

        void HoldTheGateAndWait()
        {
            lock (gate)
            {
                simulation.Runtime.Wait(Task.Delay(TimeSpan.FromHours(1), simulation.Time));
            }
        }
    }

    private static void Run(Simulation simulation, Func<KafkaProducer, Task> body)
    {
        var kafka = simulation.StartKafka();
        kafka.CreateTopic("t");
        simulation.Run(async () =>
        {
            await using var producer = new KafkaProducer(new KafkaProducerOptions
            {
                BootstrapServers = kafka.BootstrapServers,
                Runtime = simulation.Runtime,
                Transport = simulation.Network,
            });
            await body(producer);
        });
    }

    private static bool IsBlocked(Thread? thread) => thread is not null && (thread.ThreadState & ThreadState.WaitSleepJoin) != 0;

    private static Task Start(Action body) => Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current);
}
