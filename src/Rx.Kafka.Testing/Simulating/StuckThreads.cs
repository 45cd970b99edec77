using System.Globalization;
using System.Text;

namespace Rx.Kafka.Testing.Simulating;

/// <summary>What can be said of a simulation's threads when no step ends.</summary>
internal static class StuckThreads
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The state of the one that should run, and where the others wait: one of them may hold what it wants. A thread's stack is only to be had of itself, so not that of the first.</summary>
    public static string Describe(Fiber? holder, IEnumerable<Fiber> parked)
    {
        var text = new StringBuilder();
        if (holder is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"It is thread {holder.Thread.ManagedThreadId} (ThreadState {holder.Thread.ThreadState}). ");
        }

        text.Append("Does it want a lock, such as Rx operators hold around OnNext, that a thread in ProducerRuntime.Wait holds? Give all sources Simulation.RxScheduler. These threads are in Wait:");
        foreach (var fiber in parked)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nThread {fiber.Thread.ManagedThreadId} waits at:\n{fiber.AskForStack(Patience) ?? "(it does not answer)"}");
        }

        return text.ToString();
    }
}
