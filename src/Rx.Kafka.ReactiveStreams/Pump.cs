namespace Rx.Kafka.ReactiveStreams;

/// <summary>Starts the loop of a subscriber or of a subscription.</summary>
internal static class Pump
{
    /// <summary>
    /// The loop goes on where its waits end, on the task scheduler of the caller: not on its synchronization context, which may be a
    /// thread that waits for the stream.
    /// </summary>
    /// <param name="loop">Its error is told by <see cref="TaskScheduler.UnobservedTaskException"/>.</param>
    public static void Start(Func<Task> loop)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            _ = loop();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
