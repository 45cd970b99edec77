using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.Kafka.Testing.Simulating;

/// <summary>Rx on the simulation's clock and tasks: work that is due is a step like any other, work for later a timer.</summary>
internal sealed class VirtualRxScheduler(VirtualTime time, TaskScheduler scheduler) : LocalScheduler
{
    public override DateTimeOffset Now => time.GetUtcNow();

    public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        var work = new SingleAssignmentDisposable();
        var cancelled = new BooleanDisposable();
        if (dueTime <= TimeSpan.Zero)
        {
            Queue();
            return StableCompositeDisposable.Create(cancelled, work);
        }

        var timer = time.CreateTimer(_ => Queue(), null, dueTime, Timeout.InfiniteTimeSpan);
        return StableCompositeDisposable.Create(timer, cancelled, work);

        void Queue() => _ = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);

        void Run()
        {
            if (!cancelled.IsDisposed)
            {
                work.Disposable = action(this, state);
            }
        }
    }

    public override IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Schedule(state, dueTime - Now, action);

    public override IStopwatch StartStopwatch() => new Stopwatch(time);

    private sealed class Stopwatch(VirtualTime time) : IStopwatch
    {
        private readonly long _start = time.GetTimestamp();

        public TimeSpan Elapsed => time.GetElapsedTime(_start);
    }
}
