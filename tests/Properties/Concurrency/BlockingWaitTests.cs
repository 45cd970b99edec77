using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Properties.Concurrency;

[Collection(Alone.Name)]
public sealed class BlockingWaitTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // The loops of the producer need the pool too: what frees the blocked callers must not stand in line behind them. The pool has to make 400 threads first; on a
    // machine so busy that this alone takes long the loops wait for it.
    [Fact]
    public void Four_hundred_blocked_pool_callers_stall_no_loop_and_all_leave()
    {
        const int Callers = 400;
        var limit = TimeSpan.FromTicks(Math.Max(2 * TimeSpan.TicksPerSecond, 5 * TimeToStart(Callers).Ticks));
        ThreadPool.GetMinThreads(out var minimum, out _);
        using var time = new PreciseTime();
        using var inside = new CountdownEvent(Callers);
        using var left = new CountdownEvent(Callers);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stop = new CancellationTokenSource();
        var loops = Enumerable.Range(0, 3).Select(_ => Task.Run(LoopAsync)).ToArray();

        for (var i = 0; i < Callers; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => Call(), state: null);
        }

        Assert.True(inside.Wait(Patience), $"{inside.CurrentCount} callers found no thread.");
        // A caller that is inside may be a step before its wait.
        var raised = SpinWait.SpinUntil(static () => MinimumIs(Callers + 2), Patience);
        using (var pause = new ManualResetEventSlim())
        using (time.CreateTimer(_ => pause.Set(), state: null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan))
        {
            Assert.True(pause.Wait(Patience));
        }

        release.SetResult();
        Assert.True(left.Wait(Patience), $"{left.CurrentCount} callers did not leave.");
        stop.Cancel();
        var stalls = Task.WhenAll(loops).GetAwaiter().GetResult();

        Assert.True(raised);
        Assert.All(stalls, stall => Assert.InRange(stall, TimeSpan.Zero, limit));
        ThreadPool.GetMinThreads(out var lowered, out _);
        Assert.Equal(minimum, lowered);

        void Call()
        {
            inside.Signal();
            BlockingWait.Wait(release.Task);
            left.Signal();
        }

        // Needs the pool twice every 10 ms, as a loop with a socket does.
        async Task<TimeSpan> LoopAsync()
        {
            var worst = TimeSpan.Zero;
            while (!stop.IsCancellationRequested)
            {
                var start = time.GetTimestamp();
                await Task.Delay(TimeSpan.FromMilliseconds(10), time);
                await Task.Yield();
                var elapsed = time.GetElapsedTime(start);
                worst = elapsed > worst ? elapsed : worst;
            }

            return worst;
        }
    }

    private static bool MinimumIs(int expected)
    {
        ThreadPool.GetMinThreads(out var minimum, out _);
        return minimum == expected;
    }

    private static TimeSpan TimeToStart(int threads)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var running = new CountdownEvent(threads);
        for (var i = 0; i < threads; i++)
        {
            new Thread(() => running.Signal()).Start();
        }

        Assert.True(running.Wait(Patience));
        return TimeProvider.System.GetElapsedTime(start);
    }

    [Fact]
    public async Task The_pools_minimum_follows_the_blocked_callers_and_respects_who_else_sets_it()
    {
        ThreadPool.GetMinThreads(out var minimum, out var ports);
        var callers = minimum + 3;
        using var left = new CountdownEvent(callers);
        var releases = Enumerable.Range(0, callers).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        foreach (var release in releases)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => Call(release.Task), state: null);
        }

        await Reaches(callers + 2);
        releases[0].SetResult();
        await Reaches(callers + 1);

        // The application raises it meanwhile; that is what it goes back to.
        Assert.True(ThreadPool.SetMinThreads(callers + 10, ports));
        foreach (var release in releases)
        {
            release.TrySetResult();
        }

        Assert.True(left.Wait(Patience));
        await Reaches(callers + 10);
        Assert.True(ThreadPool.SetMinThreads(minimum, ports));

        void Call(Task task)
        {
            BlockingWait.Wait(task);
            left.Signal();
        }

        static async Task Reaches(int expected)
        {
            using var time = new PreciseTime();
            var start = time.GetTimestamp();
            while (true)
            {
                ThreadPool.GetMinThreads(out var current, out _);
                if (current == expected)
                {
                    return;
                }

                Assert.True(time.GetElapsedTime(start) < Patience, $"The minimum is {current} instead of {expected}.");
                await Task.Delay(TimeSpan.FromMilliseconds(1), time);
            }
        }
    }

    [Fact]
    public void A_thread_that_is_not_the_pools_leaves_the_pool_alone()
    {
        ThreadPool.GetMinThreads(out var minimum, out _);
        using var time = new PreciseTime();
        var during = 0;
        var thread = new Thread(() => BlockingWait.Wait(LaterAsync()));
        thread.Start();
        Assert.True(thread.Join(Patience));
        Assert.Equal(minimum, during);

        async Task LaterAsync()
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), time);
            ThreadPool.GetMinThreads(out during, out _);
        }
    }

    [Fact]
    public void It_does_not_throw_what_the_task_ended_with()
    {
        var failing = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        using var time = new PreciseTime();
        using var timer = time.CreateTimer(_ => End(), state: null, TimeSpan.FromMilliseconds(5), Timeout.InfiniteTimeSpan);

        BlockingWait.Wait(failing.Task);
        BlockingWait.Wait(cancelled.Task);
        BlockingWait.Wait(failing.Task);
        Assert.True(failing.Task.IsFaulted);
        Assert.True(cancelled.Task.IsCanceled);

        void End()
        {
            failing.SetException(new InvalidOperationException());
            cancelled.SetCanceled();
        }
    }
}
