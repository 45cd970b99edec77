using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.Kafka.Testing.Simulating;

/// <summary>
/// Rx on the simulation's clock and tasks, as an event loop: due work is done one item after the other, each as a step, and work for later waits for a timer. An item that blocks keeps
/// the later ones waiting: beside it they would run into the monitors that operators hold around OnNext, where no simulation can go on.
/// </summary>
internal sealed class VirtualRxScheduler(VirtualTime time, TaskScheduler scheduler, Action<Exception> threw) : LocalScheduler
{
    private readonly Lock _lock = new();
    private readonly Queue<Action> _due = [];
    private bool _runs;

    public override DateTimeOffset Now => time.GetUtcNow();

    public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        var work = new SingleAssignmentDisposable();
        var cancelled = new BooleanDisposable();
        if (dueTime <= TimeSpan.Zero)
        {
            Enqueue(Run);
            return StableCompositeDisposable.Create(cancelled, work);
        }

        var timer = time.CreateTimer(_ => Enqueue(Run), null, dueTime, Timeout.InfiniteTimeSpan);
        return StableCompositeDisposable.Create(timer, cancelled, work);

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

    private void Enqueue(Action item)
    {
        lock (_lock)
        {
            _due.Enqueue(item);
            if (_runs)
            {
                return;
            }

            _runs = true;
        }

        StartStep();
    }

    private void StartStep() => _ = Task.Factory.StartNew(RunOne, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);

    private void RunOne()
    {
        Action item;
        lock (_lock)
        {
            item = _due.Dequeue();
        }

        try
        {
            item();
        }
#pragma warning disable CA1031 // On a real scheduler it would end the process; here the run fails with it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            threw(e);
        }

        lock (_lock)
        {
            _runs = _due.Count > 0;
            if (!_runs)
            {
                return;
            }
        }

        StartStep();
    }

    private sealed class Stopwatch(VirtualTime time) : IStopwatch
    {
        private readonly long _start = time.GetTimestamp();

        public TimeSpan Elapsed => time.GetElapsedTime(_start);
    }
}
