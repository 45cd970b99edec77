using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>An error that its owner can see is no unobserved one of the process, which some applications end for.</summary>
[Collection(Alone.Name)]
public class UnobservedErrorTests
{
    [Fact]
    public void Dispose_that_leaves_an_observer_behind_leaves_no_unobserved_error()
    {
        var unobserved = new ConcurrentQueue<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs e) => unobserved.Enqueue(e.Exception);
        CollectGarbage(); // what other tests left
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            LeaveObserverBehind();
            CollectGarbage();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.Empty(unobserved.Select(static e => e.InnerException).OfType<TimeoutException>());
    }

    private static void CollectGarbage()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    // NoInlining: nothing of it may be alive when garbage is looked for.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LeaveObserverBehind() => ProducerWorld.Run(
        static async world =>
        {
            world.Kafka.CreateTopic("t");
            var holds = new TaskCompletionSource();
            using var slow = world.Producer.Acks.Subscribe(_ => world.Simulation.Runtime.Wait(holds.Task));
            world.Producer.OnNext(new Record("t", "v"));
            await world.Producer.FlushAsync();
            await world.Producer.DisposeAsync();
            await Assert.ThrowsAsync<TimeoutException>(() => world.Producer.Completion);
            holds.SetResult();
            await world.Delay(10);
        },
        Setup.Default with { CloseTimeoutMs = 100 });
}
