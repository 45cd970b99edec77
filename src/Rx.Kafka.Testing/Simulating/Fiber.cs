namespace Rx.Kafka.Testing.Simulating;

/// <summary>A thread that takes part in a simulation. It runs only while it holds the baton; <see cref="Park"/> waits for it.</summary>
internal sealed class Fiber
{
    private readonly SemaphoreSlim _baton = new(0);

    public Fiber(Thread thread) => Thread = thread;

    public Fiber(Action<Fiber> body)
    {
        Thread = new Thread(() =>
        {
            Park(Timeout.InfiniteTimeSpan);
            body(this);
        })
        { IsBackground = true, Name = "Simulation" };
        Thread.UnsafeStart();
    }

    public Thread Thread { get; }

    /// <summary>Which of its waits this fiber is in; a completion that belongs to an earlier one is stale.</summary>
    public long WaitNumber { get; set; }

    public bool Waiting { get; set; }

    /// <summary>Thrown by the fiber when it gets the baton: the simulation ended or is stuck.</summary>
    public Exception? Fault { get; set; }

    public void Give() => _baton.Release();

    public bool Park(TimeSpan patience) => _baton.Wait(patience);
}
