namespace Rx.Kafka.Integration.Embedded;

/// <summary>A thread of its own, as a source that may block has.</summary>
internal static class RealThread
{
    /// <returns>What it threw, or null.</returns>
    public static Task<Exception?> Run(Action body)
    {
        var done = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                body();
                done.SetResult(null);
            }
            catch (Exception e)
            {
                done.SetResult(e);
            }
        })
        { IsBackground = true }.Start();
        return done.Task;
    }

    /// <summary>The same on many threads at once; throws what one of them threw.</summary>
    public static async Task RunMany(int count, Action<int> body)
    {
        using var start = new Barrier(count);
        var running = Enumerable.Range(0, count).Select(i => Run(() =>
        {
            start.SignalAndWait();
            body(i);
        })).ToArray();
        foreach (var thread in running)
        {
            Assert.Null(await thread);
        }
    }
}
