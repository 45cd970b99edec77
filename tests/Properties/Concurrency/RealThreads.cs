using System.Collections.Concurrent;

namespace Rx.Kafka.Properties.Concurrency;

/// <summary>Laws about real threads and real time run alone: beside other tests they would measure those.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealThreads
{
    public const string Name = "real threads";

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
