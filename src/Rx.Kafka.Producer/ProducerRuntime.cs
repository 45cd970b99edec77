namespace Rx.Kafka;

/// <summary>Where time, tasks, chance and blocking come from: all that a simulation replaces besides <see cref="ITransport"/>.</summary>
public class ProducerRuntime
{
    /// <summary>The clock and its timers; null = the producer makes a precise one of its own and ends it when disposed.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>Where the loops, dispatchers and continuations run; no <c>IScheduler</c> of Rx. Default: the thread pool.</summary>
    public TaskScheduler TaskScheduler { get; init; } = TaskScheduler.Default;

    /// <summary>
    /// The seed of all chance (back-off jitter, partition choice); read once, by the producer's constructor. Default: <see
    /// cref="System.Random.Shared"/>.
    /// </summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>
    /// Told of each exception that an observer of <see cref="KafkaProducer.Acks"/> or <see cref="KafkaProducer.Deliveries"/> threw, after
    /// the observer was detached and the exception logged. Called on <see cref="TaskScheduler"/>, by the thread that called the observer;
    /// it must not throw itself. Default null. A test sets it so that a failed assertion in an observer is seen.
    /// </summary>
    public Action<Exception>? ObserverThrew { get; init; }

    /// <summary>
    /// Blocks the calling thread until a task has ended; it does not throw the task's error. Called where <see
    /// cref="KafkaProducer.OnNext"/> must wait.
    /// </summary>
    /// <param name="task">The task to wait for.</param>
    public virtual void Wait(Task task) => Concurrency.BlockingWait.Wait(task);
}
