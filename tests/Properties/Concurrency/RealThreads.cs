using System.Collections.Concurrent;

namespace Rx.Kafka.Properties.Concurrency;

/// <summary>Laws about real threads and real time run alone: beside other tests they would measure those.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealThreads
{
    public const string Name = "real threads";

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

    /// <summary>Runs a body on threads of its own that start together, and shows what they threw.</summary>
    public static void Run(int count, Action<int> body)
    {
        using var start = new Barrier(count);
        var failures = new ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, count).Select(thread => new Thread(() => RunOne(thread))).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Empty(failures);

        void RunOne(int thread)
        {
            try
            {
                start.SignalAndWait();
                body(thread);
            }
            catch (Exception e)
            {
                failures.Enqueue(e);
            }
        }
    }
}
