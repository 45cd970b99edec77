using Rx.Kafka.Concurrency;
using Rx.Kafka.Properties.Network.Scripted;

namespace Rx.Kafka.Properties.Concurrency;

public sealed class AsyncSignalTests
{
    [Fact]
    public void Sets_before_a_wait_count_as_one()
    {
        var signal = new AsyncSignal();
        signal.Set();
        signal.Set();
        Assert.True(signal.WaitAsync().AsTask().IsCompletedSuccessfully);
        Assert.False(signal.WaitAsync().AsTask().IsCompleted);
    }

    [Fact]
    public void A_second_awaiter_is_refused()
    {
        var signal = new AsyncSignal();
        _ = signal.WaitAsync().AsTask();
        Assert.Throws<InvalidOperationException>(() => { _ = signal.WaitAsync().AsTask(); });
    }

    [Fact]
    public void Whoever_waits_on_a_scheduler_goes_on_there_and_never_inside_Set()
    {
        var world = new World();
        var signal = new AsyncSignal();
        var passes = 0;
        world.Do(() => { _ = LoopAsync(); });
        for (var i = 1; i <= 100; i++)
        {
            signal.Set();
            Assert.Equal(i - 1, passes);
            world.Run();
            Assert.Equal(i, passes);
        }

        async Task LoopAsync()
        {
            while (true)
            {
                await signal.WaitAsync();
                Assert.Same(world.Tasks, TaskScheduler.Current);
                passes++;
            }
        }
    }

    [Fact]
    public async Task Under_stress_no_set_is_lost()
    {
        var signal = new AsyncSignal();
        var (wished, seen) = (0, 0);
        const int Wishes = 200_000;
        var setters = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < Wishes / 2; i++)
            {
                Interlocked.Increment(ref wished);
                signal.Set();
            }
        })).ToArray();
        while (seen < Wishes)
        {
            await signal.WaitAsync();
            seen = Volatile.Read(ref wished);
        }

        await Task.WhenAll(setters);
        Assert.Equal(Wishes, seen);
    }

    [Fact]
    public void Waiting_allocates_nothing()
    {
        var world = new World();
        var signal = new AsyncSignal();
        var waiting = true;
        var allocated = 0L;
        world.Do(() => { _ = LoopAsync(); });

        // Set by a continuation that runs in place, so that only the signal's own work is measured.
        async Task LoopAsync()
        {
            for (var i = 0; i < 1000; i++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                signal.Set();
                await signal.WaitAsync();
                allocated += i > 10 ? GC.GetAllocatedBytesForCurrentThread() - before : 0;
            }

            waiting = false;
        }

        Assert.False(waiting);
        Assert.Equal(0, allocated);
    }
}
