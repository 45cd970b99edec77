namespace Rx.Kafka.Tests;

/// <summary>Threads of their own, as sources that may block have.</summary>
internal static class RealThreads
{
    /// <summary>How long anything on a real thread may take before it counts as never.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Waits on this thread, without giving up its core for long, until something holds.</summary>
    public static void SpinUntil(Func<bool> holds, string otherwise)
    {
        var spin = default(SpinWait);
        var started = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            spin.SpinOnce(sleep1Threshold: -1);
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, otherwise);
        }
    }

    /// <summary>Runs a body on one thread.</summary>
    /// <returns>What it threw, or null.</returns>
    public static Task<Exception?> StartAsync(Action body)
    {
        var done = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => done.SetResult(Xunit.Record.Exception(body))) { IsBackground = true }.Start();
        return done.Task;
    }

    /// <summary>Runs a body on many threads that start together; throws if one of them threw.</summary>
    public static async Task RunAsync(int count, Action<int> body)
    {
        using var start = new Barrier(count);
        var running = Enumerable.Range(0, count).Select(thread => StartAsync(() =>
        {
            start.SignalAndWait();
            body(thread);
        })).ToArray();
        foreach (var thread in running)
        {
            Assert.Null(await thread);
        }
    }

    /// <inheritdoc cref="RunAsync"/>
    public static void Run(int count, Action<int> body) => RunAsync(count, body).GetAwaiter().GetResult();
}
