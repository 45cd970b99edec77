using System.Reactive.Linq;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Testing;

public class SimulationTests
{
    [Fact]
    public void A_request_travels_to_a_broker_and_its_answer_back()
    {
        using var simulation = new Simulation(1);
        var kafka = simulation.StartKafka(brokers: 3);
        kafka.CreateTopic("t", 3);
        simulation.Network.Latency = TimeSpan.FromMilliseconds(7);
        simulation.Network.MaximumChunkBytes = 10;
        simulation.Run(async () =>
        {
            var client = await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[kafka.Leader("t", 1) - 1]);
            var answer = await client.ProduceAsync(9, -1, "t", 1, RawBatch.Make(3));
            Assert.Equal((short)0, answer!.Error);
            Assert.Equal(0, answer.BaseOffset);
            await client.CloseAsync();
        });

        Assert.Equal(TimeSpan.FromMilliseconds(21), simulation.Time.Elapsed);
        Assert.Equal(["v0", "v1", "v2"], kafka.ReadLog("t", 1).Select(r => r.ValueText));
        simulation.RunUntilIdle();
        simulation.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(simulation.Network.Connections);
        Assert.Equal(0, kafka.Counters.ConnectionsOpen);
    }

    [Fact]
    public void Whoever_blocks_lets_the_others_go_on()
    {
        using var simulation = new Simulation(5);
        var first = new TaskCompletionSource();
        var second = new TaskCompletionSource();
        var order = new List<string>();
        simulation.Run(async () =>
        {
            // The first waits for what the second does only after its own wait, and the other way round: nested pumping would hang.
            var a = Start(simulation, () =>
            {
                simulation.Runtime.Wait(first.Task);
                order.Add("a");
                second.SetResult();
                simulation.Runtime.Wait(Task.Delay(TimeSpan.FromSeconds(1), simulation.Time));
                order.Add("a later");
            });
            var b = Start(simulation, () =>
            {
                first.SetResult();
                simulation.Runtime.Wait(second.Task);
                order.Add("b");
            });
            await Task.WhenAll(a, b);
        });

        Assert.Equal(["a", "b", "a later"], order);
        Assert.Equal(0, simulation.StepsOffThread);
    }

    [Fact]
    public void A_deadlock_is_told_at_once()
    {
        using var simulation = new Simulation(1);
        var e = Assert.Throws<SimulationException>(() => simulation.Run(() => new TaskCompletionSource().Task));
        Assert.Contains("Deadlock", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Law("L56")]
    public void L56_the_same_seed_is_the_same_run() => Law.Seeds("L56", seed => Assert.Equal(Scenario(seed), Scenario(seed)), 30);

    [Fact]
    public void Other_seeds_are_other_runs() => Assert.Equal(10, Enumerable.Range(0, 10).Select(Scenario).Distinct().Count());

    [Fact]
    public void The_thread_outside_may_block_too()
    {
        using var simulation = new Simulation(3);
        var source = new TaskCompletionSource();
        simulation.Time.CreateTimer(_ => source.SetResult(), null, TimeSpan.FromMinutes(2), Timeout.InfiniteTimeSpan);
        simulation.Runtime.Wait(source.Task);
        Assert.Equal(TimeSpan.FromMinutes(2), simulation.Time.Elapsed);
        Assert.Equal(0, simulation.StepsOffThread);
    }

    [Fact]
    public void Four_hundred_blocked_threads_all_go_on() => Law.Seeds("blocked threads", seed =>
    {
        using var simulation = new Simulation(seed);
        var gates = Enumerable.Range(0, 400).Select(_ => new TaskCompletionSource()).ToList();
        var passed = 0;
        simulation.Run(async () =>
        {
            // Each lets the next one go: whatever order they blocked in, all must come through.
            var all = gates.Select((gate, i) => Start(simulation, () =>
            {
                simulation.Runtime.Wait(gate.Task);
                passed++;
                if (i > 0)
                {
                    gates[i - 1].SetResult();
                }
            })).ToList();
            await Task.Delay(TimeSpan.FromSeconds(1), simulation.Time);
            gates[^1].SetResult();
            await Task.WhenAll(all);
        });
        Assert.Equal(400, passed);
    }, 3);

    [Fact]
    public void Wait_does_not_throw_the_tasks_error()
    {
        using var simulation = new Simulation(3);
        simulation.Runtime.Wait(Task.FromException(new InvalidOperationException()));
        simulation.Run(() => Start(simulation, () => simulation.Runtime.Wait(Start(simulation, () => throw new InvalidOperationException()))));
    }

    [Fact]
    public void A_step_that_escapes_fails_the_run_and_names_where_it_came_back()
    {
        using var simulation = new Simulation(3);
        var e = Assert.Throws<SimulationException>(() => simulation.Run(async () =>
        {
            // Queued by a step of its own, which cannot run before this one waits: a completion that came earlier would resume nobody.
            var escaped = new TaskCompletionSource();
            _ = Start(simulation, () => ThreadPool.QueueUserWorkItem(_ => escaped.SetResult()));
            await escaped.Task;
        }));
        Assert.Contains("off the simulation's thread", e.Message, StringComparison.Ordinal);
        Assert.NotEqual(0, simulation.StepsOffThread);
        Assert.Contains(nameof(SimulationTests), simulation.Scheduler.FirstStepOffThread, StringComparison.Ordinal);
    }

    [Fact]
    public void An_escape_that_time_would_have_overtaken_is_nearly_always_counted()
    {
        var counted = 0;
        for (var seed = 0; seed < 20; seed++)
        {
            using var simulation = new Simulation(seed);
            var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var e = Assert.ThrowsAny<Exception>(() => simulation.Run(async () =>
            {
                // The completion goes by the thread pool; meanwhile nothing else can run, and the next timer is the timeout.
                _ = Start(simulation, source.SetResult);
                await source.Task.WaitAsync(TimeSpan.FromSeconds(30), simulation.Time);
            }));
            counted += e is SimulationException ? 1 : 0;
        }

        Assert.InRange(counted, 5, 20);
    }

    [Fact]
    public void An_async_method_that_resumes_on_the_pool_is_counted_where_it_resumes()
    {
        using var simulation = new Simulation(3);

        // Awaited: a run that ended before might find it about to resume, when no stack names it yet.
        Assert.Throws<SimulationException>(() => simulation.Run(() => EscapeAsync(simulation)));
        Assert.Contains(nameof(EscapeAsync), simulation.Scheduler.FirstStepOffThread, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_of_steps_and_of_virtual_time_end_a_run_that_does_not()
    {
        using var simulation = new Simulation(3) { StepsPerRun = 1000, TimePerRun = TimeSpan.FromHours(1) };
        Assert.Contains("steps", Assert.Throws<SimulationException>(() => simulation.Run(async () =>
        {
            while (true)
            {
                await Task.Yield();
            }
        })).Message, StringComparison.Ordinal);

        using var slow = new Simulation(3) { TimePerRun = TimeSpan.FromHours(1) };
        Assert.Contains("virtual time", Assert.Throws<SimulationException>(() => slow.Run(() => Task.Delay(TimeSpan.FromHours(2), slow.Time))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_throwing_timer_fails_the_run()
    {
        using var simulation = new Simulation(3);
        simulation.Time.CreateTimer(_ => throw new InvalidOperationException("oh"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        var e = Assert.Throws<SimulationException>(() => simulation.Run(() => Task.Delay(TimeSpan.FromSeconds(2), simulation.Time)));
        Assert.Equal("oh", e.InnerException!.Message);
    }

    [Fact]
    public void Disposing_frees_the_threads_that_still_wait()
    {
        var simulation = new Simulation(3);
        Thread? blocked = null;
        var never = new TaskCompletionSource();
        simulation.Run(async () =>
        {
            _ = Start(simulation, () =>
            {
                blocked = Thread.CurrentThread;
                simulation.Runtime.Wait(never.Task);
            });
            await Task.Delay(TimeSpan.FromSeconds(1), simulation.Time);
        });
        simulation.Dispose();
        Assert.True(blocked!.Join(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Running_until_idle_leaves_the_clock_alone()
    {
        using var simulation = new Simulation(3);
        var steps = new List<string>();
        _ = Start(simulation, () => steps.Add("now"));
        simulation.Time.CreateTimer(_ => steps.Add("later"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        simulation.RunUntilIdle();
        Assert.Equal(["now"], steps);
        simulation.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["now", "later"], steps);
    }

    [Fact]
    public void Rx_runs_on_the_same_clock()
    {
        using var simulation = new Simulation(3);
        var seen = new List<string>();
        using (Observable.Interval(TimeSpan.FromMinutes(1), simulation.RxScheduler).Subscribe(i => seen.Add($"{i}@{simulation.Time.Elapsed.TotalMinutes}")))
        {
            simulation.Advance(TimeSpan.FromSeconds(190));
        }

        simulation.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["0@1", "1@2", "2@3"], seen);
        Assert.Equal(0, simulation.StepsOffThread);
    }

    private static async Task EscapeAsync(Simulation simulation)
    {
        await Task.Delay(TimeSpan.FromSeconds(1), simulation.Time).ConfigureAwait(false);
        Assert.NotEqual(simulation.Scheduler, TaskScheduler.Current);
        await simulation.Time.CreateTimer(_ => { }, null, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan).DisposeAsync();
    }

    private static (ulong Trace, long Steps, string Log) Scenario(int seed)
    {
        using var simulation = new Simulation(seed);
        simulation.Network.Latency = TimeSpan.FromMilliseconds(2);
        simulation.Network.MaximumChunkBytes = 300;
        var kafka = simulation.StartKafka(brokers: 3);
        kafka.CreateTopic("t", 4);
        kafka.Faults.On(ApiKey.Produce).Skip(5).Delay(TimeSpan.FromSeconds(100)).Times(2);
        simulation.Run(() => Task.WhenAll(Enumerable.Range(0, 4).Select(async p =>
        {
            for (var round = 0; round < 2; round++)
            {
                var client = await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[kafka.Leader("t", p) - 1]);
                for (var i = 0; i < 5; i++)
                {
                    await client.ProduceAsync(9, -1, "t", p, RawBatch.Make(3, prefix: $"{p}-{i}-"));
                    simulation.Runtime.Wait(Task.Delay(TimeSpan.FromMilliseconds(simulation.Random.Next(5)), simulation.Time));
                }

                await client.CloseAsync();
            }
        })));
        Assert.Equal(120, kafka.Counters.Records);
        Assert.True(simulation.Time.Elapsed > TimeSpan.FromSeconds(100));
        return (simulation.TraceHash, simulation.Steps, string.Join(',', kafka.ReadLog("t").Select(r => r.ValueText)));
    }

    private static Task Start(Simulation simulation, Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.DenyChildAttach, simulation.Scheduler);
}
