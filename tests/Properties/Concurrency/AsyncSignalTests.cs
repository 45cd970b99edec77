using Rx.Kafka.Concurrency;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Concurrency;

/// <summary>A loop's one wait: no wake-up is lost, any number of them before a wait count as one.</summary>
[Collection(Alone.Name)]
public sealed class AsyncSignalTests
{
    [Fact]
    public async Task Signals_before_a_wait_count_as_one()
    {
        var signal = new AsyncSignal();
        signal.Set();
        signal.Set();
        Assert.True(signal.WaitAsync().IsCompleted);
        var wait = signal.WaitAsync();
        Assert.False(wait.IsCompleted);
        Assert.Throws<InvalidOperationException>(() => { _ = signal.WaitAsync(); });
        signal.Set();
        await wait;
        wait = signal.WaitAsync();
        Assert.False(wait.IsCompleted);
        signal.Set();
        await wait;
    }

    // What was written before Set is seen by the loop after its wait, without a lock between them.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_written_before_the_signal_is_seen_after_the_wait(bool here)
    {
        const int Rounds = 200_000;
        var signal = new AsyncSignal();
        var posted = 0;
        var seen = 0;
        var loop = Task.Run(async () =>
        {
            while (Volatile.Read(ref seen) < Rounds)
            {
                await signal.WaitAsync();
                Volatile.Write(ref seen, Volatile.Read(ref posted));
            }
        });

        // A thread of its own: the test's context is one that a waiter going on here would take along, and the pool's threads may all be busy.
        await Task.Factory.StartNew(
            () =>
            {
                for (var i = 1; i <= Rounds; i++)
                {
                    Volatile.Write(ref posted, i);
                    Set(signal, here);
                    if (i % 16 == 0)
                    {
                        var round = i;
                        RealThreads.SpinUntil(() => Volatile.Read(ref seen) >= round, $"the loop slept over round {round}");
                    }
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await loop.WaitAsync(RealThreads.Patience);
    }

    [Fact]
    public async Task No_signal_of_many_threads_is_lost()
    {
        var signal = new AsyncSignal();
        var posted = 0;
        var setters = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 50_000; i++)
            {
                Interlocked.Increment(ref posted);
                signal.Set();
            }
        })).ToArray();
        while (Volatile.Read(ref posted) < 200_000)
        {
            await signal.WaitAsync().AsTask().WaitAsync(RealThreads.Patience);
        }

        await Task.WhenAll(setters);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_a_signal_set_here_runs_the_waiter_on_the_setting_thread(bool here)
    {
        var signal = new AsyncSignal();
        var ranOn = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        OnceSet(signal, () => ranOn.SetResult(Environment.CurrentManagedThreadId));
        var setter = 0;
        var thread = new Thread(() =>
        {
            setter = Environment.CurrentManagedThreadId;
            Set(signal, here);
        });
        thread.Start();
        thread.Join();
        Assert.Equal(here, await ranOn.Task.WaitAsync(RealThreads.Patience) == setter);
    }

    // A simulation's loops stay on its pump, also when the read loop of another scheduler answers.
    [Fact]
    public void A_waiter_on_another_scheduler_goes_on_there()
    {
        var scheduler = new PumpedScheduler(1);
        var signal = new AsyncSignal();
        var done = false;
        _ = Task.Factory.StartNew(
            async () =>
            {
                await signal.WaitAsync();
                done = true;
            },
            CancellationToken.None,
            TaskCreationOptions.None,
            scheduler);
        scheduler.RunUntilIdle();
        signal.SetHere();
        Assert.False(done);
        scheduler.RunUntilIdle();
        Assert.True(done);
    }

    // Not in the test's own context.
    private static void OnceSet(AsyncSignal signal, Action action) => signal.WaitAsync().ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(action);

    private static void Set(AsyncSignal signal, bool here)
    {
        if (here)
        {
            signal.SetHere();
        }
        else
        {
            signal.Set();
        }
    }
}
