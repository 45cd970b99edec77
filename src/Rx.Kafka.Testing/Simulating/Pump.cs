using System.Diagnostics;

namespace Rx.Kafka.Testing.Simulating;

/// <summary>Takes the steps of a simulation. Exactly one thread holds the baton and runs; whoever must wait for a task hands it to a thread that pumps on.</summary>
/// <remarks>
/// A thread that blocks cannot pump on its own stack: what it waits for could become ready under a frame that waits for something later.
/// So it parks, another thread pumps, and the end of its wait is one more step, chosen by the seed like any other. Which threads exist changes nothing in the order of steps.
/// Everything here is touched only by the holder of the baton (but for the last resort in <see cref="Park"/>).
/// </remarks>
internal sealed class Pump(PumpedScheduler scheduler, VirtualTime time)
{
    private const int EscapeRounds = 3;
    private static readonly TimeSpan EscapePatience = TimeSpan.FromSeconds(1);

    // Asking the pool costs two switches of threads; a shorter jump is no timeout that could hide an escape.
    private static readonly TimeSpan EscapeJump = TimeSpan.FromSeconds(1);
    private readonly Stack<Fiber> _spare = [];
    private readonly List<Fiber> _blocked = [];
    private Fiber? _holder;
    private Fiber? _resume;
    private Fiber? _root;
    private bool _rootWantsIdle;
    private long _stepLimit;
    private TimeSpan _timeLimit;
    private bool _ended;

    public bool LooksForEscapes { get; set; } = true;

    public long StepsPerRun { get; set; } = 5_000_000;

    public TimeSpan TimePerRun { get; set; } = TimeSpan.FromDays(1);

    public TimeSpan RealTimePerStep { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether the calling thread is one that pumps, or runs a step of the simulation.</summary>
    public bool Runs => _root is not null && _holder is { } holder && holder != _root && holder.Thread == Thread.CurrentThread;

    /// <summary>Whether the calling thread came in by itself, such as the timer of an Rx operator that was not given the simulation's scheduler.</summary>
    private bool IsForeign => Thread.CurrentThread != scheduler.Owner && (scheduler.HasMark || Volatile.Read(ref _root) is not null || _ended);

    /// <summary>Blocks the calling thread until the task has ended: one that holds the baton hands it on, one from elsewhere just waits.</summary>
    public void Wait(Task task)
    {
        if (task.IsCompleted)
        {
            return;
        }

        if (Runs)
        {
            Block(_holder!, task);
        }
        else if (IsForeign)
        {
            // Thrown on a timer's thread an exception would end the process; the run fails at its end.
            scheduler.Touch();
            ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        }
        else
        {
            RunRoot(task);
        }
    }

    /// <summary>Pumps for a thread outside: until a task has ended, or without a task until nothing can run at this instant.</summary>
    public void RunRoot(Task? task)
    {
        if (_root is not null)
        {
            throw new InvalidOperationException("The simulation is already being run. Inside of it, await instead; another thread must not touch it: give Rx operators Simulation.RxScheduler.");
        }

        ObjectDisposedException.ThrowIf(_ended, typeof(Simulation));
        scheduler.Owner = Thread.CurrentThread;
        _root = new Fiber(Thread.CurrentThread);
        _holder = _root;
        _rootWantsIdle = task is null;
        _stepLimit = scheduler.Steps + StepsPerRun;
        _timeLimit = time.Elapsed + TimePerRun;
        try
        {
            Block(_root, task);
        }
        finally
        {
            _root = null;
        }
    }

    /// <summary>Ends the threads: the parked ones exit, the blocked ones get an exception out of their wait, one after the other.</summary>
    public void End()
    {
        _ended = true;
        while (_blocked.Count > 0)
        {
            var fiber = _blocked[^1];
            _blocked.RemoveAt(_blocked.Count - 1);
            fiber.Fault = new SimulationException("The simulation was disposed while this thread waited in it.");
            scheduler.Owner = fiber.Thread;
            fiber.Give();
            fiber.Thread.Join(RealTimePerStep);
        }

        scheduler.Owner = Thread.CurrentThread;
        while (_spare.TryPop(out var fiber))
        {
            fiber.Give();
        }
    }

    private void Block(Fiber fiber, Task? task)
    {
        ObjectDisposedException.ThrowIf(_ended, typeof(Simulation));
        fiber.WaitNumber++;
        fiber.Waiting = true;
        if (task is not null)
        {
            var number = fiber.WaitNumber;
            _ = task.ContinueWith(_ => Ready(fiber, number), CancellationToken.None, TaskContinuationOptions.DenyChildAttach, scheduler);
        }

        if (fiber != _root)
        {
            _blocked.Add(fiber);
        }

        GiveTo(_spare.TryPop(out var spare) ? spare : new Fiber(Loop));
        Park(fiber);
        _blocked.Remove(fiber);
        fiber.Waiting = false;
        if (fiber.Fault is { } fault)
        {
            fiber.Fault = null;
            throw fault;
        }
    }

    private void Ready(Fiber fiber, long number)
    {
        // This is itself a pumped step: the switch happens when it returns to the pump.
        if (fiber.Waiting && fiber.WaitNumber == number)
        {
            _resume = fiber;
        }
    }

    private void Loop(Fiber self)
    {
        while (!_ended)
        {
            if (_resume is { } fiber)
            {
                _resume = null;
                Yield(self, fiber);
            }
            else
            {
                Step(self);
            }
        }
    }

    private void Step(Fiber self)
    {
        if (scheduler.Steps >= _stepLimit)
        {
            FailRoot(self, $"The simulation took {StepsPerRun:N0} steps and did not end; something spins, or raise Simulation.StepsPerRun.");
            return;
        }

        // A timer due now competes with the tasks; a later one fires only when nothing else can run.
        if (time.NextDeadline <= time.Elapsed && scheduler.ChoosesTimer())
        {
            Fire(self);
        }
        else if (!scheduler.RunOne(time.Elapsed))
        {
            Idle(self);
        }
    }

    private void Idle(Fiber self)
    {
        if (_rootWantsIdle)
        {
            Yield(self, _root!);
        }
        else if (time.NextDeadline is { } next)
        {
            if (next > _timeLimit)
            {
                FailRoot(self, $"The simulation ran for {TimePerRun} of virtual time and did not end; what it waits for never comes, or raise Simulation.TimePerRun.");
            }
            else if (!LooksForEscapes || next - time.Elapsed < EscapeJump || !scheduler.CallBackEscaped(EscapeRounds))
            {
                Fire(self);
            }
        }
        else if (!scheduler.CallBackEscaped(EscapeRounds) && !scheduler.WaitForEscaped(EscapePatience))
        {
            FailRoot(self, $"Deadlock: nothing can run, no timer is armed, and what the simulation waits for has not happened. Threads blocked in ProducerRuntime.Wait: {_blocked.Count}.");
        }
    }

    private void Fire(Fiber self)
    {
        if (time.TakeDue(long.MaxValue) is not { } timer)
        {
            return;
        }

        try
        {
            scheduler.RunDirectly(timer.Fire, time.Elapsed);
        }
#pragma warning disable CA1031 // A timer's exception would end a real process; here it ends the run.
        catch (Exception e)
#pragma warning restore CA1031
        {
            FailRoot(self, $"A timer's callback threw {e.GetType().Name}: {e.Message}", e);
        }
    }

    private void FailRoot(Fiber self, string message, Exception? cause = null)
    {
        var escaped = scheduler.Escapes is { } escapes ? " " + escapes : "";
        if (_root is { } root)
        {
            root.Fault = new SimulationException(message + escaped, cause);
            Yield(self, root);
        }
    }

    /// <summary>Gives the baton away and parks as a spare until somebody blocks.</summary>
    private void Yield(Fiber self, Fiber next)
    {
        _spare.Push(self);
        GiveTo(next);
        self.Park(Timeout.InfiniteTimeSpan);
    }

    private void GiveTo(Fiber next)
    {
        _holder = next;
        scheduler.Owner = next.Thread;
        next.Give();
    }

    private void Park(Fiber fiber)
    {
        if (fiber != _root)
        {
            fiber.Park(Timeout.InfiniteTimeSpan);
            return;
        }

        // Only the outermost waiter watches real time: a thread that blocks outside of Wait would hang the whole test run without a word.
        for (var steps = -1L; !fiber.Park(RealTimePerStep); steps = scheduler.Steps)
        {
            if (steps == scheduler.Steps && !Debugger.IsAttached)
            {
                _ended = true;
                throw new SimulationException($"No step ended within {RealTimePerStep} of real time: a thread of the simulation blocks otherwise than by ProducerRuntime.Wait. {StuckThreads.Describe(_holder, _blocked)}");
            }
        }
    }
}
