namespace Rx.Kafka.Concurrency;

/// <summary>Blocks a thread on a task without starving the pool that must complete the task.</summary>
internal static class BlockingWait
{
    public static void Wait(Task task) => ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
}
